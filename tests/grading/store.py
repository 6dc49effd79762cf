"""An S3 to test with: moto's server, on a port of this machine, with credentials that are none."""

from __future__ import annotations

from pathlib import Path

BUCKET = "course-2026"


class Store:
    """The server, and what it holds."""

    def __init__(self) -> None:
        from moto.server import ThreadedMotoServer

        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        }

    def create_bucket(self) -> None:
        """Make the bucket, empty: the server's memory is the process's."""
        import boto3
        import s3fs

        s3fs.S3FileSystem.clear_instance_cache()  # connections to the server of another test
        self._reset()
        self.client = boto3.client("s3")
        self.client.create_bucket(Bucket=BUCKET)

    def upload(self, folder: Path, prefix: str) -> str:
        """Put the files below a folder; return their address."""
        for path in folder.rglob("*"):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())
        return f"s3://{BUCKET}/{prefix}"

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=key, Body=data)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def keys(self, prefix: str = "") -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def require_credentials(self) -> None:
        """From now on, nobody may do anything: there are no users."""
        self._post("reset-auth", b"0")

    def close(self) -> None:
        self._post("reset-auth", b"1000000000")
        self._server.stop()

    def _reset(self) -> None:
        self._post("reset", b"")

    def _post(self, what: str, data: bytes) -> None:
        import urllib.request

        address = f"{self.environment['AWS_ENDPOINT_URL']}/moto-api/{what}"
        request = urllib.request.Request(address, data, {"Content-Type": "text/plain"})
        urllib.request.urlopen(request).close()
