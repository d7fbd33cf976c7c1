// Offers one lead to two freelancers, and ends well only when RabbitMQ has taken both events.
import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';

const exchange = process.env.EXCHANGE ?? 'hirelocal.leads';
const connection = await amqp.connect(process.env.AMQP_URL);
const channel = await connection.createConfirmChannel();

// RabbitMQ confirms what no queue has taken, too, but returns it first.
const returned = [];
channel.on('return', ({ fields }) => returned.push(fields.routingKey));

const leadId = randomUUID();
const notifiedAt = new Date().toISOString();
// An event keeps its id: one that has to be sent again is the same event.
const offers = [1, 2].map(() => ({ eventId: randomUUID(), data: { leadId, freelancerId: randomUUID(), notifiedAt } }));

for (const { eventId, data } of offers) {
  channel.publish(exchange, 'lead.notified', Buffer.from(JSON.stringify(data)), {
    contentType: 'application/json',
    messageId: eventId,
    persistent: true,
    mandatory: true,
  });
}
await channel.waitForConfirms(); // rejects where RabbitMQ refuses one
if (returned.length > 0) throw new Error(`no queue is bound to ${returned[0]}`);

for (const { data } of offers) console.log(`offered ${data.leadId} to ${data.freelancerId}`);
await connection.close();
