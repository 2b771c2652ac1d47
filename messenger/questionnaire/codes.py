"""The codes of other systems that an answer may be mapped to; a file that names another one is refused.

Sources: the Ozone lexicon `tools.ozone.report.defs`; XARF v4.2 (`content/csem`, `content/fraud`, `content/phishing`,
`messaging/spam`); the eight incident types of the NCMEC CyberTipline API and its report annotations.
"""

from __future__ import annotations

_OZONE = "tools.ozone.report.defs#reason"

OZONE = frozenset(
    _OZONE + name
    for name in (
        *("ViolenceThreats", "ViolenceSelfHarm", "ViolenceExtremistContent", "ViolenceTrafficking"),
        *("ViolenceOther", "SexualAbuseContent", "SexualNCII", "SexualSextortion", "SexualDeepfake"),
        *("SexualUnlabeled", "SexualOther", "ChildSafetyCSAM", "ChildSafetyGroom", "ChildSafetyMinorPrivacy"),
        *("ChildSafetyEndangerment", "ChildSafetyHarassment", "ChildSafetyPromotion", "ChildSafetyOther"),
        *("HarassmentTroll", "HarassmentTargeted", "HarassmentHateSpeech", "HarassmentDoxxing"),
        *("HarassmentOther", "MisleadingBot", "MisleadingImpersonation", "MisleadingSpam", "MisleadingScam"),
        *("MisleadingOther", "RuleSiteSecurity", "RuleBanEvasion", "RuleOther"),
    )
)
XARF = frozenset(
    ("xarf:content/csem:" + kind)
    for kind in ("grooming", "solicitation", "sextortion", "trafficking", "distribution", "production", "possession")
) | {"xarf:content/fraud", "xarf:content/phishing", "xarf:messaging/spam"}
NCMEC = frozenset(
    "ncmec:" + kind
    for kind in (
        "Child Pornography (possession, manufacture, and distribution)",
        "Child Sex Trafficking",
        "Child Sex Tourism",
        "Child Sexual Molestation",
        "Misleading Domain Name",
        "Misleading Words or Digital Images on the Internet",
        "Online Enticement of Children for Sexual Acts",
        "Unsolicited Obscene Material Sent to a Child",
    )
) | {"ncmec:annotation:sextortion", "ncmec:annotation:csamSolicitation", "ncmec:annotation:minorToMinorInteraction"}
KNOWN = OZONE | XARF | NCMEC
