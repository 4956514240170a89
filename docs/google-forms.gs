/**
 * Sends each response of this Google Form to Heedful, signed, and again until it was taken.
 *
 * Project Settings, Script properties:
 *   HEEDFUL_ADDRESS  what `heedful webhook-url google_forms` prints
 *   HEEDFUL_SECRET   whsec_ and base64 of 24 to 64 random bytes, the same as in AWS SSM
 * Then run `connect` once and allow what Google asks for. Nothing but answers leaves the form: no
 * e-mail address of a respondent, unless a question asks for one.
 */

var TRIES = 4;
// How far back the daily run looks for responses that were not taken.
var DAYS_BACK = 7;
var TAKEN = 'taken.';

/** Run once: calls Heedful for each response, and once a day for those that were not taken. */
function connect() {
  ScriptApp.getProjectTriggers().forEach(function (trigger) {
    ScriptApp.deleteTrigger(trigger);
  });
  ScriptApp.newTrigger('onResponse').forForm(FormApp.getActiveForm()).onFormSubmit().create();
  ScriptApp.newTrigger('catchUp').timeBased().everyDays(1).atHour(5).create();
}

/** The trigger of a response. */
function onResponse(event) {
  send(event.response);
}

/** Every day: responses of the last days that Heedful has not taken yet. */
function catchUp() {
  var since = new Date(Date.now() - DAYS_BACK * 24 * 3600 * 1000);
  var properties = PropertiesService.getScriptProperties();
  var taken = properties.getProperties();
  var seen = {};
  FormApp.getActiveForm().getResponses(since).forEach(function (response) {
    var key = TAKEN + response.getId();
    seen[key] = true;
    if (taken[key] !== String(response.getTimestamp().getTime())) {
      send(response);
    }
  });
  // What is older than the look back is forgotten: properties are few and small.
  Object.keys(taken).forEach(function (key) {
    if (key.indexOf(TAKEN) === 0 && !seen[key]) {
      properties.deleteProperty(key);
    }
  });
}

/** To try it by hand: the newest response; the log shows what Heedful answered. */
function sendLatest() {
  var responses = FormApp.getActiveForm().getResponses();
  if (responses.length === 0) {
    Logger.log('There is no response yet: fill in the form once.');
    return;
  }
  Logger.log('Heedful answered ' + send(responses[responses.length - 1]));
}

/** Sends one response; the last status. 2xx is noted, anything else is left to the daily run. */
function send(response) {
  var properties = PropertiesService.getScriptProperties();
  var body = Utilities.newBlob(JSON.stringify(bodyOf(response))).getBytes();
  // The same response sent again has the same id, an edited one another.
  var id = 'gf_' + response.getId().replace(/\./g, '_') + '_' + response.getTimestamp().getTime();
  var status = 0;
  for (var attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) {
      Utilities.sleep(1000 * Math.pow(4, attempt - 1));
    }
    try {
      status = UrlFetchApp.fetch(properties.getProperty('HEEDFUL_ADDRESS'), {
        method: 'post',
        contentType: 'application/json',
        payload: body,
        headers: headersFor(id, body, properties.getProperty('HEEDFUL_SECRET')),
        muteHttpExceptions: true,
      }).getResponseCode();
    } catch (error) {
      status = 0;
    }
    if (status >= 200 && status < 300) {
      properties.setProperty(
        TAKEN + response.getId(),
        String(response.getTimestamp().getTime())
      );
      return status;
    }
    if (status === 401 || status === 400 || status === 413) {
      // Trying again at once changes nothing: the secret or the address is wrong.
      return status;
    }
  }
  return status;
}

/** Standard Webhooks: HMAC-SHA256 over id, time and body, joined by full stops. */
function headersFor(id, body, secret) {
  var stamp = String(Math.floor(Date.now() / 1000));
  var key = Utilities.base64Decode(secret.trim().replace(/^whsec_/, ''));
  var signed = Utilities.newBlob(id + '.' + stamp + '.').getBytes().concat(body);
  var signature = Utilities.computeHmacSha256Signature(signed, key);
  return {
    'webhook-id': id,
    'webhook-timestamp': stamp,
    'webhook-signature': 'v1,' + Utilities.base64Encode(signature),
  };
}

/** A response in the form that Heedful reads. */
function bodyOf(response) {
  var submitted = response.getTimestamp().toISOString();
  return {
    type: 'survey.response',
    timestamp: submitted,
    data: {
      response_id: response.getId(),
      submitted_at: submitted,
      answers: response.getItemResponses().map(function (answer) {
        var item = answer.getItem();
        return {
          key: String(item.getId()),
          title: item.getTitle(),
          type: String(item.getType()),
          value: valueOf(item, answer.getResponse()),
          scale: scaleOf(item),
        };
      }),
    },
  };
}

/** Numbers as numbers: Google gives what was chosen on a scale as text. */
function valueOf(item, given) {
  return scaleOf(item) === null || given === '' ? given : Number(given);
}

/** The ends of a scale or of a row of stars; null for any other question. */
function scaleOf(item) {
  if (item.getType() === FormApp.ItemType.SCALE) {
    var scale = item.asScaleItem();
    return [scale.getLowerBound(), scale.getUpperBound()];
  }
  if (item.getType() === FormApp.ItemType.RATING) {
    return [1, item.asRatingItem().getRatingScaleLevel()];
  }
  return null;
}
