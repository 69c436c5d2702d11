"""Every route says who may enter, is named by a noun, and changes nothing by a GET."""

import re

_SEGMENT = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*|<(?:[^<>:]+:)?[a-z_]+>)")


def test_every_route_says_who_may_enter(whole_app):
    silent = {
        rule.endpoint
        for rule in whole_app.url_map.iter_rules()
        if not hasattr(whole_app.view_functions[rule.endpoint], "access")
    }
    assert not silent


def test_urls_are_kebab_case(whole_app):
    odd = {
        rule.rule
        for rule in whole_app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not all(map(_SEGMENT.fullmatch, filter(None, rule.rule.split("/"))))
    }
    assert odd <= {"/.well-known/change-password", "/.well-known/security.txt"}


def test_only_get_and_post_are_spoken(whole_app):
    methods = set().union(*(rule.methods for rule in whole_app.url_map.iter_rules()))
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_no_address_is_given_twice(whole_app):
    seen = [
        (rule.rule, method)
        for rule in whole_app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    ]
    assert len(seen) == len(set(seen))


def test_everything_below_system_is_for_administrators(whole_app):
    open_doors = {
        rule.rule
        for rule in whole_app.url_map.iter_rules()
        if rule.rule.startswith("/system")
        and whole_app.view_functions[rule.endpoint].access != "admin"
    }
    assert not open_doors


def test_the_caught_mail_can_be_read_in_development_only(whole_app):
    rules = [rule.rule for rule in whole_app.url_map.iter_rules()]
    assert any(rule.startswith("/dev/mail") for rule in rules)
    assert whole_app.extensions["peyk.config"].mode == "development"
