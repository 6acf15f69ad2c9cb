"""Find people, faces and motion in raw pixels, or take boxes from files."""
