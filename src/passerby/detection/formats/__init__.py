"""File formats in which others keep boxes: MOT text, COCO JSON and YOLO text."""
