"""Certificates with every fault that a mail server can have, made in the test."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_KEYS: dict[int, rsa.RSAPrivateKey] = {}


def _key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key of each size is enough for all tests; making them is slow."""
    if bits not in _KEYS:
        _KEYS[bits] = rsa.generate_private_key(65537, bits)
    return _KEYS[bits]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Authority:
    """An authority that signs what it is told to."""

    folder: Path
    name: str = "Test Authority"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    # Of what each context shows, as people compare it.
    fingerprints: dict[ssl.SSLContext, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.certificate = self._sign(self.name, self.key.public_key(), is_authority=True)
        self.path = self.folder / "authority.pem"
        self.path.write_bytes(_pem(self.certificate))

    def between(self) -> "Authority":
        """An authority below this one; its certificate is what servers forget to send."""
        folder = self.folder / "below"
        folder.mkdir(exist_ok=True)
        below = Authority(folder, "Test Intermediate")
        below.certificate = self._sign(below.name, below.key.public_key(), is_authority=True)
        return below

    def context(
        self,
        *names: str,
        days: tuple[float, float] = (-1, 365),
        bits: int = 2048,
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
        has_key_identifier: bool = True,
        is_self_signed: bool = False,
        shows_root: bool = False,
    ) -> ssl.SSLContext:
        """A server's context with a certificate for these names, and this fault."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        key = _key(bits)
        made = self._sign(
            names[0],
            key.public_key(),
            names=names,
            days=days,
            purpose=purpose,
            has_key_identifier=has_key_identifier,
            own_key=key if is_self_signed else None,
        )
        path = self.folder / f"server-{made.serial_number}.pem"
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        private = key.private_bytes(serialization.Encoding.PEM, form, plain)
        root = _pem(self.certificate) if shows_root else b""
        path.write_bytes(private + _pem(made) + root)
        context.load_cert_chain(path)
        self.fingerprints[context] = made.fingerprint(hashes.SHA256()).hex(":").upper()
        return context

    def _sign(
        self,
        subject: str,
        public: rsa.RSAPublicKey,
        *,
        names: tuple[str, ...] = (),
        days: tuple[float, float] = (-10, 3650),
        is_authority: bool = False,
        purpose: x509.ObjectIdentifier | None = None,
        has_key_identifier: bool = True,
        own_key: rsa.RSAPrivateKey | None = None,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(subject if own_key else self.name))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        signer = own_key or self.key
        if has_key_identifier:
            identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
            made = made.add_extension(identifier, critical=False)
            own = x509.SubjectKeyIdentifier.from_public_key(public)
            made = made.add_extension(own, critical=False)
        if names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            made = made.add_extension(alternatives, critical=False)
        if purpose:
            made = made.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        return made.sign(signer, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
