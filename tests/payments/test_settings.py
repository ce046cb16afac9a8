"""Settings under which money could be invented or lost forbid a start."""

import pytest

import config
from app import create_app
from app.payments import UnsafeSettings, refuse_unsafe

STRIPE = {
    "LINTAN_PAYMENTS_PROVIDER": "stripe",
    "LINTAN_PAYMENTS_STRIPE_KEY": "sk_test_abc",
    "LINTAN_PAYMENTS_WEBHOOK_SECRETS": "whsec_a",
}
LIVE = {**STRIPE, "LINTAN_ENV": "production", "LINTAN_PAYMENTS_STRIPE_KEY": "sk_live_abc"}


@pytest.fixture
def settings(tmp_path):
    def load(**changed: str):
        return config.load({"LINTAN_HOME": str(tmp_path), "LINTAN_SECRET": "s" * 40, **changed})

    return load


@pytest.mark.parametrize("given", [{}, STRIPE, LIVE, {**LIVE, "LINTAN_PAYMENTS_STRIPE_KEY": "rk_live_abc"}])
def test_safe_settings_start(settings, given):
    refuse_unsafe(settings(**given))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"LINTAN_PAYMENTS_STRIPE_KEY": "sk_live_abc"}, "a live key of Stripe beside"),
        ({"LINTAN_PAYMENTS_STRIPE_KEY": "sk_test_abc"}, "a key of Stripe beside"),
        ({"LINTAN_ENV": "production"}, "anybody could say they have paid"),
        ({"LINTAN_PAYMENTS_PROVIDER": "bank"}, "use sandbox or stripe"),
        ({**STRIPE, "LINTAN_PAYMENTS_STRIPE_KEY": ""}, "give Stripe's secret or restricted key"),
        ({**STRIPE, "LINTAN_PAYMENTS_STRIPE_KEY": "sk_test_sandbox"}, "give Stripe's secret or restricted key"),
        ({**STRIPE, "LINTAN_PAYMENTS_STRIPE_KEY": "pk_live_abc"}, "give Stripe's secret or restricted key"),
        ({**STRIPE, "LINTAN_ENV": "production"}, "a test key in production"),
        ({**LIVE, "LINTAN_ENV": "demo"}, "a live key with LINTAN_ENV=demo"),
        ({**STRIPE, "LINTAN_PAYMENTS_WEBHOOK_SECRETS": ""}, "give one secret"),
        ({**STRIPE, "LINTAN_PAYMENTS_WEBHOOK_SECRETS": "a,b,c"}, "give one secret"),
        ({**LIVE, "LINTAN_PAYMENTS_STRIPE_URL": "http://stripe.example"}, "by https only"),
    ],
)
def test_unsafe_settings_are_refused_with_the_reason_and_without_the_secret(settings, given, reason):
    with pytest.raises(UnsafeSettings) as refusal:
        refuse_unsafe(settings(**given))

    assert reason in str(refusal.value)
    assert "abc" not in str(refusal.value)


def test_the_sandboxs_addresses_exist_only_with_the_sandbox(tmp_path):

    def rules(**more):
        made = create_app(config.load({"LINTAN_ENV": "test", "LINTAN_HOME": str(tmp_path), **more}))
        return {rule.rule for rule in made.url_map.iter_rules() if rule.rule.startswith("/sandbox")}

    assert len(rules()) == 1
    assert rules(**STRIPE) == set()
