"""My data: a copy to download, and what this site itself keeps."""
