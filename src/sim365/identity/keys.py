"""The key that signs tokens: made from the seed, or made once and kept in a file.

Decides where a key comes from, and how it is published. A key from a seed is for reproducible runs in one process: who
knows the seed knows the key. A server that lives longer keeps a random key in its state directory instead.
"""

from __future__ import annotations

import base64
import hashlib
import math
import os
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_BITS = 2048
PUBLIC_EXPONENT = 65537

#: Miller-Rabin rounds; for random 1024-bit numbers far fewer would do (FIPS 186-5, table B.1).
PRIMALITY_ROUNDS = 8

#: A 1024-bit prime is met after about 355 odd candidates; this many without one means that the generator is broken.
CANDIDATES_MAX = 100_000

_SMALL_PRIMES_PRODUCT = math.prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2)))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key pair and the id under which the key set publishes its public half."""

    private: rsa.RSAPrivateKey
    id: str

    @property
    def public(self) -> rsa.RSAPublicKey:
        return self.private.public_key()

    def as_jwk(self) -> dict[str, str]:
        """The public half as an entry of the key set (RFC 7517, RFC 7518 6.3.1)."""
        numbers = self.public.public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "x5t": self.id,
            "n": _base64url(numbers.n),
            "e": _base64url(numbers.e),
        }


@lru_cache(maxsize=8)
def key_from_seed(seed: int) -> SigningKey:
    """The same seed gives the same key: about 0.3 s of arithmetic, once per process and seed."""
    chance = random.Random(f"sim365 signing key {seed}")  # noqa: S311  a reproducible key is the purpose
    while True:
        p, q = _prime(chance), _prime(chance)
        if p != q and (p * q).bit_length() == KEY_BITS:
            break
    d = pow(PUBLIC_EXPONENT, -1, math.lcm(p - 1, q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=rsa.rsa_crt_dmp1(d, p),
        dmq1=rsa.rsa_crt_dmq1(d, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(PUBLIC_EXPONENT, p * q),
    )
    return _named(numbers.private_key())


def key_kept_in(path: Path) -> SigningKey:
    """The key in this file; a new random one is written there first where the file does not exist yet."""
    if not path.exists():
        _write_private(rsa.generate_private_key(PUBLIC_EXPONENT, KEY_BITS), path)
    # The key is our own: proving once more that its primes are primes costs a twentieth of a second at each start.
    loaded = serialization.load_pem_private_key(path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds a key that is not RSA. Delete the file: the next start makes a new key.")
    return _named(loaded)


def _write_private(key: rsa.RSAPrivateKey, path: Path) -> None:
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    # The mode is given at creation: a key that is readable for a moment has been readable.
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text)
    new.replace(path)


def _named(key: rsa.RSAPrivateKey) -> SigningKey:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha1(public, usedforsecurity=False).digest()
    return SigningKey(key, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def _prime(chance: random.Random) -> int:
    bits = KEY_BITS // 2
    for _ in range(CANDIDATES_MAX):
        # The two highest bits set make the product of two primes exactly KEY_BITS long.
        candidate = chance.getrandbits(bits) | (0b11 << (bits - 2)) | 1
        may_be = math.gcd(candidate, _SMALL_PRIMES_PRODUCT) == 1 == math.gcd(candidate - 1, PUBLIC_EXPONENT)
        if may_be and _is_probably_prime(candidate, chance):
            return candidate
    raise ArithmeticError("no prime was found: the random source is broken")


def _is_probably_prime(n: int, chance: random.Random) -> bool:
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(n, base=chance.randrange(2, n - 1), odd=odd, twos=twos) for _ in range(PRIMALITY_ROUNDS))


def _passes(n: int, *, base: int, odd: int, twos: int) -> bool:
    x = pow(base, odd, n)
    if x in (1, n - 1):
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
