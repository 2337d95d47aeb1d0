"""Answers one request a line (JSON) with one line, until its input ends. See ../README.md."""

import json
import sys

from jwcrypto.common import json_encode
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature


def verify(request):
    header, nothing, signature = request["jws"].split(".")
    if nothing:
        raise ValueError("the JWS is not detached")
    jws = JWS()
    try:
        jws.deserialize(request["jws"])
        jws.verify(
            JWK.from_pem(request["certificate"].encode()),
            alg=request["alg"],
            detached_payload=request["payload"].encode(),
        )
    except (InvalidJWSSignature, ValueError) as error:
        return {"valid": False, "reason": str(error)}
    return {"valid": True}


def sign(request):
    jws = JWS(request["payload"].encode())
    jws.add_signature(JWK.from_pem(request["key"].encode()), None, json_encode(request["header"]))
    jws.detach_payload()
    return {"jws": jws.serialize(compact=True)}


for line in sys.stdin:
    try:
        request = json.loads(line)
        answer = sign(request) if request["do"] == "sign" else verify(request)
    except Exception as error:  # An answer for every line, whatever it holds.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
