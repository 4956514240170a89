"""Critical kinds: what goes out at once. The network and patterns look for them together.

A kind counts when the network is sure, or when a pattern matches and the network does not rule it
out. Patterns catch what training rows lacked; the network keeps "no allergy problems at all" out.
"""

import re
from collections.abc import Mapping

from chalicelib.domain.sentiment import CriticalKind

_WORDS: Mapping[CriticalKind, str] = {
    CriticalKind.SAFETY: (
        r"unsafe|danger(?:ous(?:ly)?)?|hazard\w*|gas leak|smell(?:ed|s)? (?:of )?gas|caught fire|on fire|"
        r"smok(?:e|ing) (?:came|coming|pour|from)|spark(?:s|ed|ing)|electric(?:al)? shock|electrocut\w*|"
        r"exposed wir\w*|live wir\w*|bare wir\w*|fire exit|exit (?:was |is )?(?:blocked|locked)|collaps\w+|"
        r"explod\w+|exploding|carbon monoxide|loose (?:railing|wheel|tiles?|wires?|cables?)|brakes? fail\w*|"
        r"wheel (?:came|fell) off|overheat\w*|burst into flames|no seat ?belts?|choking hazard|weapon|knife|"
        r"threatened (?:me|us|my)|follow(?:ed|ing) me|grop\w+|assault\w*|drunk (?:driver|driving)|"
        r"someone could (?:get|be)|could have (?:killed|died)|nearly (?:hit|killed)|mould|asbestos"
    ),
    CriticalKind.ALLERGY_ILLNESS: (
        r"allerg\w*|anaphyla\w*|epi-?pen|food[- ]poison\w*|salmonella|e\.? ?coli|norovirus|vomit\w*|"
        r"threw up|throwing up|throw up|diarrh\w+|being sick|been sick|(?:got|get|made|feel|fell|felt|were|was|us|me) "
        r"(?:all |both |so |really |very |violently |badly )?(?:sick|ill)\b|poorly|stomach (?:cramps|ache|bug|upset)|"
        r"upset stomach|hives|rash|swell(?:ed|ing)|swollen|swelled up|coeliac|celiac|gluten|nut(?:s)? in|peanut\w*|"
        r"infect\w+|hospital|intoleran\w+|breathing|itch\w*|contaminat\w+|throat (?:clos|tight)\w*|antihistamine\w*"
    ),
    CriticalKind.INJURY: (
        r"injur\w+|hurt (?:my|his|her|our|their|himself|herself|myself)|broke (?:my|his|her|a) "
        r"(?:arm|leg|wrist|ankle|tooth|nose|finger|hip|toe)|broken (?:arm|leg|wrist|ankle|tooth|nose|finger|hip|toe|bone)|"
        r"burn(?:t|ed|s)? (?:my|his|her|on|all)|scald\w*|stitches|bleed\w*|blood|bled|cut (?:my|his|her|open)|"
        r"slipp?ed|tripped|fell (?:down|over|on|off|from|through)|fallen|concussi\w+|bruis\w+|sprain\w*|fractur\w+|"
        r"chipped (?:a|my|his|her) tooth|crack(?:ed)? (?:a|my|his|her) (?:tooth|rib)|ambulance|a ?& ?e|emergency room|\ber\b|"
        r"bitten|bit (?:me|my|him|her)|twisted (?:my|his|her)|knocked (?:me|him|her) (?:over|down|out)|black eye|wound\w*|"
        r"glass in|shard\w*|trapped (?:my|his|her)"
    ),
    CriticalKind.LEGAL_THREAT: (
        r"lawyer\w*|solicitor\w*|attorney\w*|sue|suing|sued|lawsuit\w*|legal (?:action|advice|proceedings|team|route|steps)|"
        r"court|ombudsman|trading standards|consumer (?:rights|protection|council)|report(?:ing|ed)? (?:you|this|them|it) to|"
        r"small claims|chargeback|police|fraud\w*|compensation|claim against|breach of contract|tribunal|"
        r"take (?:this|it) further|hear from my|regulator|environmental health|letter before action|attorney general|"
        r"better business bureau|\bbbb\b"
    ),
    CriticalKind.DISCRIMINATION: (
        r"racis\w+|sexis\w+|homophob\w+|transphob\w+|islamophob\w+|antisemit\w+|xenophob\w+|discriminat\w+|"
        r"prejudic\w+|bigot\w*|slur\w*|because (?:i am|i'm|im|we are|we're|he is|she is|they are|of my|of our|of his|of her|of their) "
        r"(?:\w+ )?(?:black|asian|indian|muslim|jewish|gay|lesbian|trans|disabled|foreign\w*|deaf|blind|old|a woman|women|"
        r"wheelchair|skin|accent|hijab|headscarf|colou?r|race|religion|disability|age|gender|nationality)|"
        r"(?:people|folk|kind|sort) like (?:us|you|me|them)|your (?:kind|sort|people)|wheelchair|guide dog|assistance dog|hijab|"
        r"headscarf|turban|skin colou?r|go back to|accent|ableis\w+|ageis\w+|misogyn\w+|profil(?:ed|ing)|ethnic\w*|"
        r"breast-?feed\w*|two (?:men|women|mums|dads)|my (?:wife and i are|husband and i are)|same[- ]sex|racial\w*"
    ),
    CriticalKind.DATA_LEAK: (
        r"data (?:breach|leak|protection)|gdpr|leak(?:ed|ing)? (?:my|our|customer|personal|the)|personal (?:data|details|information|info)|"
        r"private (?:data|details|information|photos?|messages?|records?)|privacy|someone else'?s (?:\w+ ){0,3}"
        r"(?:details|data|records?|results?|address|order|name|account|file|letter|invoice|information|phone|number)|"
        r"(?:my|our) (?:card|bank|credit card|medical|health|address|phone|email|home|personal|account|e-mail|contact|private) "
        r"(?:\w+ )?(?:details|data|number|numbers|records?|information|info|address|file|notes|results)|"
        r"other (?:customers?|patients?|people|guests?|clients?|members?)'?s? (?:\w+ ){0,2}(?:details|data|records?|names|addresses|emails?|information|files?|notes)|"
        r"hack\w*|phish\w*|stolen identity|identity theft|cc'?d|copied (?:in )?(?:all|every)|everyone'?s (?:e-?mail|address|name|details|number)\w*|"
        r"confidential\w*|shared my|passed my|gave (?:out )?my|sold my|password\w*|read (?:out|aloud)|log(?:ged)? (?:me )?in(?:to)? (?:as )?(?:someone|another|a stranger)"
    ),
    CriticalKind.SELF_HARM: (
        r"suicid\w*|kill(?:ing)? (?:my|him|her|them)sel(?:f|ves)|end (?:it all|my life|everything|things)|"
        r"hurt(?:ing)? myself|harm(?:ing)? myself|self[- ]harm\w*|don'?t want to (?:live|be here|wake up|exist)|"
        r"do not want to (?:live|be here|wake up)|no (?:reason|point) (?:to|in) (?:live|living|going on)|"
        r"better off (?:dead|without me)|want(?:ed)? to die|wish i (?:was|were) dead|can'?t go on|cannot go on|"
        r"cutting myself|overdos\w+|take my (?:own )?life|end my|not be here (?:any ?more|tomorrow)|wanna die|"
        r"(?:all|every one of) (?:my|the) (?:pills|tablets)|jump(?:ing)? off|unalive|ending (?:it|my)|goodbye (?:everyone|to everyone)"
    ),
}
PATTERNS: Mapping[CriticalKind, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{words})", re.IGNORECASE) for kind, words in _WORDS.items()
}


def find_critical(
    text: str,
    strengths: Mapping[CriticalKind, float],
    *,
    sure: Mapping[CriticalKind, float],
    backed: Mapping[CriticalKind, float],
) -> tuple[CriticalKind, ...]:
    """Give the critical kinds of a text, in the order of `CriticalKind`.

    `strengths` are the network's probabilities. A kind counts from `sure` on, and with a matching
    pattern from the lower `backed` on.
    """
    found = []
    for kind in CriticalKind:
        strength = strengths[kind]
        if strength >= sure[kind] or (
            strength >= backed[kind] and PATTERNS[kind].search(text) is not None
        ):
            found.append(kind)
    return tuple(found)
