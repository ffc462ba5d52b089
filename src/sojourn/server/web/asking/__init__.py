"""Every question over HTTP: bodies made from the methods of the Python API, one endpoint each."""
