"""Tables about re-identification: networks trained and tested on images of conditions."""
