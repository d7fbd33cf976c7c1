// A wire to the service that can be cut.
import net from "node:net";

export class Wire {
  #sockets = new Set();
  #isCut = false;

  // Gives a browser an address of its own, behind which the service is as long as the wire holds.
  static async lay() {
    const wire = new Wire();
    const { hostname, port } = new URL(process.env.BASE_URL);
    wire.server = net.createServer((near) => wire.#join(near, () => net.connect(port, hostname)));
    await new Promise((resolve) => wire.server.listen(0, hostname, resolve));
    wire.address = `http://${hostname}:${wire.server.address().port}`;
    return wire;
  }

  #join(near, connect) {
    near.on("error", () => {});
    if (this.#isCut) return near.destroy();
    const far = connect();
    far.on("error", () => near.destroy());
    for (const socket of [near, far]) this.#sockets.add(socket.on("close", () => this.#sockets.delete(socket)));
    near.pipe(far).pipe(near);
  }

  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend() {
    this.#isCut = false;
  }

  take() {
    this.cut();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
