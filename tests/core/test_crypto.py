from __future__ import annotations

import os
from datetime import date

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection

from core.crypto import CannotDecrypt, keyed_hash
from core.crypto.box import decrypt, encrypt, key_id_of
from core.crypto.checks import keys_open_what_is_stored
from tests.core.models import Secretive

SSN = "078-05-1120"


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.FIELD_KEYS = {"k1": os.urandom(32), "k2": os.urandom(32)}
    settings.FIELD_KEY_ACTIVE = "k1"
    settings.HASH_KEY = os.urandom(32)


def stored(column: str = "ssn") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM core_secretive")
        return bytes(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_value_is_read_as_it_was_written_and_unreadable_in_the_table():
    Secretive.objects.create(ssn=SSN, born=date(1980, 2, 29))
    read = Secretive.objects.get()
    assert (read.ssn, read.born) == (SSN, date(1980, 2, 29))
    assert SSN.encode() not in stored()
    assert b"1980" not in stored("born")


@pytest.mark.django_db
def test_absent_and_empty_stay_what_they_are():
    Secretive.objects.create(ssn="")
    Secretive.objects.create(ssn=None)
    assert list(Secretive.objects.order_by("pk").values_list("ssn", flat=True)) == ["", None]


@pytest.mark.django_db
def test_bulk_writes_are_encrypted_too():
    Secretive.objects.bulk_create([Secretive(ssn=SSN)])
    assert SSN.encode() not in stored()
    Secretive.objects.update(ssn="219-09-9999")
    assert Secretive.objects.get().ssn == "219-09-9999"
    assert b"219-09-9999" not in stored()


@pytest.mark.django_db
def test_a_row_is_found_by_its_keyed_hash():
    Secretive.objects.bulk_create([Secretive(ssn=SSN), Secretive(ssn="219-09-9999"), Secretive(ssn="")])
    found = Secretive.objects.get(ssn_hash=keyed_hash(SSN, "core.secretive.ssn"))
    assert found.ssn == SSN
    assert Secretive.objects.filter(ssn_hash="").count() == 1


def test_searching_an_encrypted_field_is_refused_rather_than_finding_nothing():
    with pytest.raises(FieldError, match="keyed hash"):
        Secretive.objects.filter(ssn=SSN)


def test_equal_values_have_different_ciphertexts():
    assert encrypt(SSN, "here") != encrypt(SSN, "here")


def test_a_blob_moved_to_another_column_does_not_open():
    with pytest.raises(CannotDecrypt, match="does not open"):
        decrypt(encrypt(SSN, "producers.producer.ssn"), "producers.producer.name")


def test_a_wrong_key_is_named_and_nothing_is_guessed(settings):
    blob = encrypt(SSN, "here")
    settings.FIELD_KEYS = {"k1": os.urandom(32)}
    with pytest.raises(CannotDecrypt, match="'k1'"):
        decrypt(blob, "here")


def test_a_missing_key_is_named(settings):
    blob = encrypt(SSN, "here")
    settings.FIELD_KEYS = {"k2": os.urandom(32)}
    with pytest.raises(CannotDecrypt, match="no key 'k1'"):
        decrypt(blob, "here")


def test_every_altered_byte_is_noticed():
    blob = encrypt("x", "here")
    for position in range(len(blob)):
        altered = bytearray(blob)
        altered[position] ^= 1
        with pytest.raises(CannotDecrypt):
            decrypt(bytes(altered), "here")


def test_the_keyed_hash_depends_on_key_and_purpose(settings):
    first = keyed_hash(SSN, "a")
    assert first == keyed_hash(SSN, "a")
    assert first != keyed_hash(SSN, "b")
    settings.HASH_KEY = os.urandom(32)
    assert first != keyed_hash(SSN, "a")


@pytest.mark.django_db
def test_rotation_brings_every_value_to_the_active_key_and_can_be_repeated(settings, capsys):
    Secretive.objects.bulk_create(
        [Secretive(ssn=f"000-00-{n:04d}", born=date(1980, 1, 1)) for n in range(501)]
    )
    settings.FIELD_KEY_ACTIVE = "k2"
    call_command("rotate_field_keys")
    assert "core.Secretive.ssn: 501 rewritten with key k2" in capsys.readouterr().out
    assert key_id_of(stored()) == "k2"
    settings.FIELD_KEYS = {"k2": settings.FIELD_KEYS["k2"]}
    assert [row.ssn for row in Secretive.objects.order_by("pk")][500] == "000-00-0500"
    call_command("rotate_field_keys")
    assert "core.Secretive.ssn: 0 rewritten" in capsys.readouterr().out


@pytest.mark.django_db
def test_keys_that_do_not_open_what_is_stored_are_refused_before_anything_is_written(settings):
    Secretive.objects.create(ssn=SSN)
    assert keys_open_what_is_stored(databases=["default"]) == []
    settings.FIELD_KEYS = {"k1": os.urandom(32)}
    [error] = keys_open_what_is_stored(databases=["default"])
    assert "core.secretive.ssn: key 'k1' does not open this value" in error.msg
