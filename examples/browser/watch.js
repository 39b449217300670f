// Shows every mention that waits for a reply, as long as it does. Open the server's address in a browser, http://127.0.0.1:7500/,
// and paste this into the console of its developer tools; or serve it with a page of your own behind the same address.
const query = 'needs:reply';
const list = document.body.appendChild(document.createElement('ul'));
const waiting = new Map();
const stream = new EventSource('/v1/mentions:watch?start=snapshot&heartbeat_seconds=5&query=' + encodeURIComponent(query));
stream.addEventListener('event', ({ data }) => {
  const { change, version } = JSON.parse(data);
  const name = `${version.mention.platform}/${version.mention.externalId}`;
  waiting.get(name)?.remove();
  waiting.delete(name);
  if (change === 'CHANGE_LEFT') return;
  const line = list.appendChild(document.createElement('li'));
  line.textContent = `${version.mention.author?.handle ?? '?'}: ${version.mention.text}`;
  waiting.set(name, line);
});
stream.addEventListener('heartbeat', ({ data }) => {
  const { recordedSeq, evaluatedSeq } = JSON.parse(data);
  document.title = `${waiting.size} waiting, ${recordedSeq - evaluatedSeq} behind`;
});
// The browser comes back by itself, with `Last-Event-ID`; only a refusal ends the stream for good.
stream.onerror = () => { document.title = stream.readyState === EventSource.CLOSED ? 'refused' : 'coming back'; };
