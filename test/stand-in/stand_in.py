"""moto's S3 and KMS, with what moto leaves out and AWS does about the encryption of objects.

moto takes unknown, disabled and foreign keys for objects, echoes an alias, knows no default encryption of a bucket that has none set,
names no key in HEAD for DSSE-KMS and for the account's default key, and reads objects whose key is disabled. Nothing is encrypted.

stand_in.py CERTIFICATE KEY [KEY_ARN | REGION/BUCKET]…: a certificate for TLS, and what is there from the start. The first line on standard
output is {"http": PORT, "https": PORT}; then one for each request that begins to write an object: its path and its headers about encryption.
"""
import json
import logging
import re
import sys
import threading

from moto.core import DEFAULT_ACCOUNT_ID
from moto.kms.models import Key, kms_backends
from moto.kms.utils import RESERVED_ALIASE_TARGET_KEY_IDS
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

SSE = "x-amz-server-side-encryption"
KEY_ID = f"{SSE}-aws-kms-key-id"


class Refused(Exception):
    """With S3's code and message."""


def environ_name(header):
    return "HTTP_" + header.upper().replace("-", "_")


def add_key(account, region, key_id):
    key = Key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", account, region)
    key.id, key.arn = key_id, f"arn:aws:kms:{region}:{account}:key/{key_id}"
    kms_backends[account][region].keys[key_id] = key
    return key


def default_key(region):
    key_id = RESERVED_ALIASE_TARGET_KEY_IDS["alias/aws/s3"]
    return kms_backends[DEFAULT_ACCOUNT_ID][region].keys.get(key_id) or add_key(DEFAULT_ACCOUNT_ID, region, key_id)


def usable_key(name, region):
    """The key of this ARN, id or alias, as S3 looks for it in the Region of the bucket."""
    if name in (None, "", "alias/aws/s3"):
        return default_key(region)
    account = name.split(":")[4] if name.startswith("arn:") else DEFAULT_ACCOUNT_ID
    if name.startswith("arn:") and name.split(":")[3] != region:
        raise Refused("KMS.NotFoundException", f"Invalid arn {region}")
    backend = kms_backends[account][region]
    last = name.split(":")[-1].removeprefix("key/")
    key = backend.keys.get(backend.get_key_id_from_alias(last) if last.startswith("alias/") else last)
    if key is None:
        raise Refused("KMS.NotFoundException", f"Key '{name}' does not exist")
    if key.key_state == "PendingDeletion":
        raise Refused("KMS.KMSInvalidStateException", f"{key.arn} is pending deletion.")
    if key.key_state != "Enabled":
        raise Refused("KMS.DisabledException", f"{key.arn} is disabled.")
    return key


def encrypt(environ, bucket):
    """Settles how an object is encrypted that this request begins to write."""
    rule = ((bucket.encryption or {}).get("Rule") or {}).get("ApplyServerSideEncryptionByDefault") or {}
    algorithm, key_id = environ.get(environ_name(SSE)), environ.get(environ_name(KEY_ID))
    if algorithm is None and f"{environ_name(SSE)}_CUSTOMER_ALGORITHM" in environ:
        return
    if algorithm is None and key_id is None:
        algorithm, key_id = rule.get("SSEAlgorithm", "AES256"), rule.get("KMSMasterKeyID")
    if algorithm not in ("AES256", "aws:kms", "aws:kms:dsse"):
        raise Refused("InvalidEncryptionAlgorithmError", f"The encryption request you specified is not valid: {algorithm}")
    environ[environ_name(SSE)] = algorithm
    if algorithm != "AES256":
        environ[environ_name(KEY_ID)] = usable_key(key_id, bucket.region_name).arn
    elif key_id:
        raise Refused("InvalidArgument", f"{KEY_ID} is for {SSE} aws:kms")


class StandIn:
    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ, start_response):
        method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
        if "/s3/aws4_request" not in environ.get("HTTP_AUTHORIZATION", ""):
            return self.moto(environ, start_response)
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace").lstrip("/")
        in_host = re.match(r"(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com", environ.get("HTTP_HOST", ""))
        name, key = (in_host[1], path) if in_host else (path.split("/", 1) + [""])[:2]
        bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(name)
        stored = bucket.keys.get(key) if bucket and key else None
        try:
            if bucket and key and method in ("PUT", "POST") and query in ("", "uploads", "uploads=", "x-id=PutObject", "x-id=CopyObject"):
                sent = {header: environ[environ_name(header)] for header in (SSE, KEY_ID, f"{SSE}-context") if environ_name(header) in environ}
                print(json.dumps({"path": f"/{name}/{key}", "sent": sent}), flush=True)
                encrypt(environ, bucket)
            if stored and method == "GET" and stored.encryption not in (None, "AES256"):
                usable_key(stored.kms_key_id, bucket.region_name)
        except Refused as refused:
            code, message = refused.args
            start_response("400 Bad Request", [("content-type", "application/xml"), ("connection", "close")])
            return [f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()]

        def start(status, headers, *rest):
            dsse = stored and stored.encryption == "aws:kms:dsse" and method in ("GET", "HEAD") and status.startswith("2")
            return start_response(status, headers + [(KEY_ID, stored.kms_key_id)] if dsse else headers, *rest)

        return self.moto(environ, start)


def main(certificate, key, *present):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    for name in present:
        if name.startswith("arn:"):
            _, _, _, region, account, resource = name.split(":")
            add_key(account, region, resource.removeprefix("key/"))
        else:
            region, bucket = name.split("/")
            s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(bucket, region)
    app, options = StandIn(), {"threaded": True, "request_handler": MotoRequestHandler}
    servers = [make_server("127.0.0.1", 0, app, ssl_context=tls, **options) for tls in (None, (certificate, key))]
    print(json.dumps({"http": servers[0].port, "https": servers[1].port}), flush=True)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()  # ends with the process that started this one


if __name__ == "__main__":
    main(*sys.argv[1:])
