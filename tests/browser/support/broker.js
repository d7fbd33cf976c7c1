// Publishes events like the parent product's services: to the exchange, persistent, and confirmed.
import amqp from "amqplib";

export class Broker {
  static async connect() {
    const connection = await amqp.connect(process.env.AMQP_URL);
    return new Broker(connection, await connection.createConfirmChannel());
  }

  constructor(connection, channel) {
    this.connection = connection;
    this.channel = channel;
    this.exchange = `${process.env.LEAD_TRACKER_BROKER__PREFIX}hirelocal.leads`;
  }

  // Publishes events, each a routing key and a body; a body that is a text goes out as it is.
  async publish(...events) {
    for (const [key, body] of events) {
      const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      this.channel.publish(this.exchange, key, bytes, { persistent: true, contentType: "application/json" });
    }
    await this.channel.waitForConfirms();
  }

  close() {
    return this.connection.close();
  }
}
