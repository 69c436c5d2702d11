"""Encryption of stored secrets: AES-256-GCM with a key that is not in the database.

The key is derived from SECRET_KEY (HKDF, RFC 5869). Older keys in SECRET_KEY_FALLBACKS still
open what they sealed; what is sealed anew uses the first key.
"""

import base64
import hashlib
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.config import current_config
from app.core.errors import PeykError

_VERSION = "v1"
_NONCE_BYTES = 12


class VaultKeyLost(PeykError):
    """The secret was sealed with a key that this installation no longer has."""


def seal(plain: str, purpose: str) -> str:
    """Encrypt a secret; `purpose` (for instance `smtp:primary`) binds it to its place."""
    key = _key(current_config().secret_key)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode("utf-8"), purpose.encode("ascii"))
    body = base64.urlsafe_b64encode(nonce + sealed).decode("ascii")
    return f"{_VERSION}.{_fingerprint(key)}.{body}"


def mark() -> str:
    """Return how everything begins that was sealed with the first key: the older ones may go."""
    return f"{_VERSION}.{_fingerprint(_key(current_config().secret_key))}."


def renewed(sealed: str, purpose: str) -> str:
    """Return the secret sealed with the first key; as it is when it was, or no key opens it."""
    if sealed.startswith(mark()):
        return sealed
    try:
        return seal(unseal(sealed, purpose), purpose)
    except VaultKeyLost:
        return sealed


def unseal(sealed: str, purpose: str) -> str:
    """Decrypt what `seal` made for the same purpose; raise `VaultKeyLost` when no key opens it."""
    try:
        version, fingerprint, body = sealed.split(".")
        raw = base64.urlsafe_b64decode(body)
    except ValueError as error:
        raise VaultKeyLost("not a sealed secret") from error
    config = current_config()
    for key in map(_key, (config.secret_key, *config.secret_key_fallbacks)):
        if version == _VERSION and fingerprint == _fingerprint(key):
            return _open(key, raw, purpose)
    raise VaultKeyLost(f"no key {fingerprint}")


def _open(key: bytes, raw: bytes, purpose: str) -> str:
    nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, purpose.encode("ascii")).decode("utf-8")
    except (InvalidTag, ValueError) as error:
        raise VaultKeyLost("the secret was altered or moved") from error


# Every page and every mail opens something; what the keys are made of is in memory all the time.
@lru_cache(maxsize=16)
def _key(secret: str) -> bytes:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"peyk.vault.v1")
    return derivation.derive(secret.encode("utf-8"))


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"peyk.vault.fingerprint" + key).hexdigest()[:8]
