"""Media file -> frames and sound. PyAV decodes and probes; ffmpeg-python builds ffmpeg commands."""
