"""Words that often stand around a critical matter and mostly stand elsewhere: the weakest hint.

With one of them a text counts from a strength on that lies between those of no word at all and of
a word that names the kind. Regular expressions, one thought each.
"""

from collections.abc import Mapping

from chalicelib.domain.sentiment import CriticalKind

SURROUNDINGS: Mapping[CriticalKind, tuple[str, ...]] = {
    CriticalKind.SAFETY: (
        "fumes",
        "petrol",
        "bleach",
        "swallow(?:ed|ing)?",
        r"brak(?:e|es|ing)\b",
        "(?:no|without) (?:rail|railing|helmet|lifeguard|guard)",
        r"(?:fire|smoke) alarms?\b",
        "the alarm",
        r"(?:didn'?t|doesn'?t|won'?t) (?:lock|latch|brake|stop)\b",
        r"drunk\b",
        "(?:rotten|wobbl|sway)",
        "(?:wrong|else'?s) (?:dose|tablets?|pills?|medicine|medication)",
        "(?:road|edge|cliff|ladder|scaffold)",
    ),
    CriticalKind.ALLERGY_ILLNESS: (
        "(?:raw|undercooked|pink) (?:in the middle|inside|chicken|pork|by the bone)",
        "(?:out of date|past its date|gone off|rancid)",
        "(?:maggot|worms?|mouldy)",
        "(?:on|in) the (?:loo|toilet|bathroom) (?:all|since|till|until|for)",
        "the runs",
        "bucket",
        r"itch\w*",
        r"blister\w*",
        r"wheez\w*",
        "inhaler",
        r"(?:nuts?|sesame|almonds?|shellfish|dairy|lactose|eggs?|soya|celery)\b",
        "stomach",
        "tummy",
        "fever",
        r"faint\w*",
        "(?:drip|vet says|ulcers?|boils|welts|cramps)",
    ),
    CriticalKind.INJURY: (
        (
            "(?:my|his|her) (?:arm|leg|wrist|ankle|foot|tooth|nose|finger|hip|knee|back|eye|"
            "head|thumb)"
        ),
        "(?:pain|limp|plaster|crutches|x-?ray|physio|surgery|nerve)",
        "(?:landed|pinched|crushed|jammed|blister)",
    ),
    CriticalKind.LEGAL_THREAT: (
        "judge",
        "magistrate",
        "barrister",
        "paralegal",
        "my (?:insurer|union|bank)",
        "in writing",
        "(?:fourteen|seven|14|7|28|thirty|30) (?:working )?days",
        "(?:inspector|licensing|council|watchdog)",
        "formal (?:complaint|notice)",
        r"serv(?:ed|e|ing)\b.{0,20}\bpapers",
        "my rights",
        "dispute",
    ),
    CriticalKind.DISCRIMINATION: (
        r"(?:muslim|jewish|jews?|sikh|hindu|catholic)\b",
        (
            r"(?:black|asian|african|arab|indian|chinese|polish|romanian|nigerian|somali|turkish|"
            r"roma)\b"
        ),
        r"(?:gay|lesbian|trans|queer|nonbinary|pronouns?)\b",
        r"(?:deaf|blind|disab\w+|autis\w+|down'?s|dyslexi\w*|stammer|stutter|tourette\w*)\b",
        "(?:hearing aids?|powerchair|mobility scooter|crutches|white stick)",
        "(?:pregnan|expecting|breast)",
        "(?:veil|niqab|sari|turban|kippah|abaya|locs|afro)",
        "(?:gypsy|gypsies|travell?ers?|refugees?|immigrants?|foreign\\w*|asylum)",
        "(?:council (?:flat|estate)|on benefits|universal credit)",
        r"(?:my|our) (?:name|surname|age|voice|colou?r|skin|boyfriend|girlfriend)\b",
        "(?:my|our|his|her) (?:sort|type)",
        (
            r"(?:white|english|british) (?:\w+ )?(?:family|people|couple|woman|man|lad|girl|"
            "friend|mate|guy|customer)"
        ),
    ),
    CriticalKind.DATA_LEAK: (
        "(?:another|a different|the wrong) (?:customer|patient|person|woman|man|name|address)",
        r"(?:stranger|neighbou?r)'?s\b",
        "(?:my|our) (?:ex|boss|landlord) (?:knew|knows|got|has)",
        "(?:whole|entire) (?:waiting room|queue|shop|office)",
        "(?:on the|your) (?:screen|noticeboard|website|instagram|facebook)",
        "(?:diagnosis|test results?|medical)",
        "(?:payslip|passport|bank statement|tax returns?)",
    ),
    CriticalKind.SELF_HARM: (
        "(?:pills|tablets)",
        "(?:bridge|rope|razor|noose|blade|cliff|railway|tracks|viaduct)",
        "goodbye",
        "last (?:time|day|one|visit|letter)",
        "(?:not|won'?t|shan'?t) (?:be )?(?:here|around|need(?:ing)?)",
        "(?:no|any|the|what'?s the) point",
        r"better off\b",
        "wak(?:e|ing) up",
        "tired of",
        "burden",
        r"(?:die|dead|death|dying|alive)\b",
        "(?:cut|cuts|cutting|marks|scars) (?:on|in|my|his|her|their)",
        r"hopeless\w*",
        r"(?:end|ended|over) (?:it|all)\b",
        "(?:enough|done) (?:of|with) (?:it|this|life|everything|all)",
        "go(?:ing)? on",
        "(?:gave|given|giving) (?:away|my|his|her)",
        "my funeral",
        "miss me",
    ),
}
