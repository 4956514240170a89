"""What gives away where a sentence stands on the empathy map: how people write of themselves, of
what others said, and of what they saw. English, like the model that reads the texts.

Each cue is a pattern and how much it weighs; a sentence stands where its cues weigh most.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.empathy import MapField

_SELF = r"(?:i|we|you)(?:'(?:ve|m|ll|d|re))?"
# What may stand between a person and what the person does.
_SOON = r"(?:\s+[\w']+){0,3}?\s+"
_OTHERS = (
    r"(?:he|she|they|it|who|one|some(?:one|body)|no ?(?:one|body)|every(?:one|body)|another|owner|"
    r"manager|waiter|waitress|chef|cook|staff|assistant|reception(?:ist)?|lady|man|woman|guy|girl|"
    r"driver|doctor|dentist|nurse|vet|guide|instructor|teacher|technician|mechanic|builder|clerk|"
    r"sales\w+|pharmacist|hairdresser|stylist|cashier|support|hotline|office|team|"
    r"friends?|neighbou?rs?|colleagues?|sister|brother|mother|father|husband|wife|aunt|"
    r"guests?|customers?|regulars?|locals|reviews?|e-?mail|chat|letter|villagers?)"
)
_SAYING = (
    r"(?:said|says?|saying|told|tells?|explain(?:s|ed)?|answer(?:s|ed)|repl(?:y|ies|ied)|"
    r"promis(?:es|ed)|mention(?:s|ed)|claim(?:s|ed)|advis(?:es|ed)|recommend(?:s|ed)|"
    r"warn(?:s|ed)|inform(?:s|ed)|assur(?:es|ed)|announc(?:es|ed)|shout(?:s|ed)?|"
    r"yell(?:s|ed)|laughed|apologi[sz](?:es|ed)|asks?|asked|swears?|swore|talk(?:s|ed|ing)|"
    r"speaks?|spoke|wished|argu(?:es|ed|ing)|insist(?:s|ed)|suggest(?:s|ed)|rave[sd]?|"
    r"prais(?:es|ed)|complain(?:s|ed)?|wrote back|called to say|keep(?:s)? talking|telling)"
)
_DOING = (
    r"(?:asked|ask|ate|avoid|be back|booked|bought|bring|brought|buy|call(?:ed)?|came|"
    r"cancel(?:l?ed)?|celebrated|chose|come|complain(?:ed)?|contact(?:ed)?|cooked|decided|demanded|drive|drove|"
    r"eat|emailed|exchanged|filed|fill|froze|gave|give|go(?:ing)?|got up|hired|keep|kept|leave|"
    r"left|mailed|measured|moved|opened|order(?:ed)?|paid|pay|pick(?:ed)?|posted|recommend(?:ed)?|"
    r"refused|report(?:ed)?|return(?:ed|ing)?|said|sent|send|shared?|shop(?:ped)?|show(?:ed)?|"
    r"sign(?:ed)?|stay(?:ed)?|stood|stop(?:ped)?|switch(?:ed|ing)?|take|tell|told|threw|took|"
    r"tried|try|use[ds]?|visit(?:ed)?|waited|walk(?:ed)?|went|wrap|write|wrote|"
    r"been (?:a customer|going|coming)|set foot)"
)
_FEELING = (
    r"(?:feel(?:s|ing)?|felt|think|thought|believe[ds]?|hope[ds]?|hoping|wish(?:ed)?|wonder(?:ed)?|"
    r"worr(?:y|ied)|fear(?:ed)?|afraid|scared|nervous|anxious|expect(?:ed)?|assum(?:e|ed)|imagined?|"
    r"looking forward|look forward|trust(?:ed)?|guess|suppose|doubt|embarrass\w+|proud|"
    r"ashamed|relieved|disappointed|torn|bored|lost|dread\w*|surprised|shocked|stunned|"
    r"can't help|could(?:n't| not) believe|understand|realise[d]?|consider|wanted to like|"
    r"asking myself|would have (?:liked|loved|preferred)|am i|was i|happy|sad|angry|upset|"
    r"frustrated|grateful)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A pattern that speaks for a field, and how strongly."""

    place: MapField
    weight: float
    pattern: re.Pattern[str]


def _cue(place: MapField, weight: float, pattern: str) -> Cue:
    return Cue(place=place, weight=weight, pattern=re.compile(pattern, re.IGNORECASE))


CUES: Sequence[Cue] = (
    # What others say.
    _cue(MapField.HEAR, 3.0, rf"\b{_OTHERS}\b(?:\s+[\w']+){{0,4}}?\s+{_SAYING}\b"),
    _cue(
        MapField.HEAR,
        4.0,
        r"\b(?:i|we) (?:was|were|am|are)(?: \w+)? "
        r"(?:told|informed|assured|promised|advised|warned|asked)\b",
    ),
    _cue(MapField.HEAR, 3.0, r"\b(?:hear|heard|hearing|according to|word has it|apparently)\b"),
    _cue(MapField.HEAR, 1.5, r"\b(?:told|tell|tells|advised|warned|informed|asked) (?:me|us|my)\b"),
    _cue(
        MapField.HEAR, 1.5, r"[\"“][^\"”]{3,}[\"”]|\b(?:loudspeaker|music|on the phone|hotline)\b"
    ),
    # What the customer does and says.
    _cue(MapField.SAY_DO, 2.5, rf"\b{_SELF}{_SOON}{_DOING}\b|\b{_SELF} {_DOING}\b"),
    _cue(
        MapField.SAY_DO,
        1.0,
        r"\b(?:every (?:day|week|month|year|morning|friday|saturday|sunday)|regularly|always|"
        r"usually|next (?:day|week|morning|time)|again|in the end|twice|since (?:19|20)\d\d|"
        r"for (?:\w+ )?years)\b",
    ),
    # Any deed in the first person, and a sentence that begins with one.
    _cue(MapField.SAY_DO, 1.2, rf"\b{_SELF}(?: have| had)?(?: \w+ly| just| also)? \w+ed\b"),
    _cue(
        MapField.SAY_DO,
        2.2,
        r"^(?:checked|tried|ordered|bought|got|went|had|came|stopped|visited|used|returned|arrived|"
        r"have been|been|came|took|called)\b|\b(?:i|we) (?:was|were) (?:in|here|there|visiting)\b|"
        r"\b(?:i|we) (?:usually|normally|often|rarely|regularly)\b",
    ),
    _cue(
        MapField.SAY_DO,
        2.5,
        r"\b(?:would|will|can|do|could)(?:n't| not| definitely| still| highly| never)* recommend\b|"
        r"\b(?:going to have to|will be|had to|have to) (?:return|send|go|cancel|wait|call)",
    ),
    # What the customer thinks and feels.
    _cue(MapField.THINK_FEEL, 3.0, rf"\b{_SELF}{_SOON}{_FEELING}\b|\b{_SELF} {_FEELING}\b"),
    _cue(MapField.THINK_FEEL, 3.0, r"\b(?:am i|was i|were we|are we)\b|\bin my (?:opinion|view)\b"),
    _cue(
        MapField.THINK_FEEL,
        2.0,
        r"\b(?:makes? me|made me|makes us|made us|felt like|feels like|"
        r"my (?:heart|first thought|mood)|to be (?:fair|honest)|honestly|frankly|"
        r"gave me (?:hope|confidence)|comfort to know|part of me|impression|at home|like family|"
        r"it hurt)\b",
    ),
    _cue(
        MapField.THINK_FEEL,
        1.4,
        r"\b(?:perhaps|maybe|probably|hopefully|if only|i mean|i know|would(?:n't)? want|"
        r"would be nice|wanted to (?:love|like)|should have|could have been|if the(?:y|re|ir)?)\b",
    ),
    # What the customer sees.
    _cue(
        MapField.SEE,
        2.0,
        r"\b(?:see|sees|saw|seen|notice[ds]?|looks?|looked|looking at|view|watch|visible|shows?|"
        r"in sight|stared)\b",
    ),
    _cue(MapField.SEE, 1.6, r"^(?:there(?:'s| is| are| was| were)|all the|half of)\b"),
    _cue(
        MapField.SEE,
        1.6,
        r"\b(?:windows?|display(?:ed)?|photos?|pictures?|posters?|sign|label|lights?|lamp|dark|bright|"
        r"tidy|decorat\w+|decor|walls?|shel(?:f|ves)|carpet|stains?|stained|dust\w*|dirt\w*|"
        r"spotless|mould|crumbs|rubbish|candles?|flowers|screens?|corridor|hall|stairwell|"
        r"entrance|terrace|garden|balcony|mirror|painted|empty shelves|parking lot|colou?rs?|"
        r"menu|website|site|packaging|aprons?|tables|chairs|seats)\b",
    ),
    _cue(
        MapField.SEE,
        1.2,
        r"\b(?:fabric|lining|sleeves?|seating|in person|online|loaded with|covered in)\b",
    ),
    # What gets in the way, and what they came for.
    _cue(
        MapField.PAINS,
        1.6,
        r"\b(?:issues?|problems?|unfortunately|sadly|improve|difficult|uncomfortable|challenging|"
        r"pricey|limited|low quality|stressful|disappoint\w*|fall apart|crazy|only note)\b",
    ),
    _cue(
        MapField.GAINS,
        2.5,
        r"\b(?:no complaints?|nothing but praise|no shortage|no worries|could(?:n't| not) be "
        r"(?:better|happier|nicer)|not a thing|no issues|no problems?|always friendly)\b",
    ),
    _cue(
        MapField.PAINS,
        1.2,
        r"\b(?:never|nobody|no one|not|n't|no|still no|too|impossible|broke|broken|wrong|late|cold|"
        r"waited|waiting|rude|slow|expensive|overpriced|charged|lost|missing|nightmare|horrible|"
        r"terrible|worst|awful|hidden fees|sick|painful|unfriendly|ignored|useless|unusable|"
        r"confusing|ages|crash\w*|fell apart)\b",
    ),
    _cue(
        MapField.GAINS,
        1.2,
        r"\b(?:best|quick(?:ly)?|friendly|fair|perfect(?:ly)?|great|wonderful|excellent|lovely|"
        r"delicious|fantastic|brilliant|thanks to|saved|easy|easier|worth|fresh|helpful|kind|"
        r"free of|fits|finally|painless|competent|patient|prompt|treat|fast|warm|clear|"
        r"amazing|flattering|love|loved|adore|decent|pleased|supported|respect|praise|stars)\b",
    ),
)
