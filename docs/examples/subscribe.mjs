// Tells freelancers what they missed, once for each offer, and takes it back where it turns out to be wrong.
import amqp from 'amqplib';

const exchange = process.env.EXCHANGE ?? 'hirelocal.leads';
const queue = process.env.QUEUE ?? 'notification-service.leads';

// By the id of the lead.missed. A real service has a table for this, with that id as its key.
const notifications = new Map();

function missed({ id, data }) {
  if (notifications.has(id)) return; // told again, or taken back before it was told
  notifications.set(id, 'shown');
  const overdue = Date.now() - Date.parse(data.deadlineAt);
  const how = overdue < 60 * 60 * 1000 ? 'push' : 'list';
  console.log(`${how} ${id} to ${data.freelancerUserId ?? `the user of freelancer ${data.freelancerId}`}`);
}

function retracted({ data }) {
  const wasShown = notifications.get(data.missedEventId) === 'shown';
  notifications.set(data.missedEventId, 'retracted');
  if (wasShown) console.log(`withdraw ${data.missedEventId}`);
}

const handlers = { 'lead.missed': missed, 'lead.missed_retracted': retracted };

const connection = await amqp.connect(process.env.AMQP_URL);
const channel = await connection.createChannel();
await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
for (const key of Object.keys(handlers)) await channel.bindQueue(queue, exchange, key);
await channel.prefetch(100);
await channel.consume(queue, (message) => {
  if (message === null) process.exit(1); // the queue was deleted
  handlers[message.fields.routingKey]?.(JSON.parse(message.content));
  channel.ack(message); // not before the notification is kept
});
console.log(`listening on ${queue}`);
