package dev.respite.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The way to the bank, on which attempts are counted and may be refused.
 *
 * <p>To be refused for real, an attempt must knock at a port where nobody listens, while others get through to the same
 * bank. So the refusal is on the way and not at the bank: the JDK's client asks its proxy selector once for each attempt,
 * and an attempt that the script refuses is sent to a proxy that is not there. The operating system refuses it, as it
 * does when a load balancer's target has just died. The port is bound and never listened on, so that nobody else gets it.
 */
final class FaultSelector extends ProxySelector implements AutoCloseable {

    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final FaultScript script;
    private final AtomicIntegerArray attempts;
    private final Socket deadEnd = new Socket();
    private final List<Proxy> nowhere;

    FaultSelector(FaultScript script, int transfers) throws IOException {
        this.script = script;
        this.attempts = new AtomicIntegerArray(transfers);
        deadEnd.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        this.nowhere = List.of(new Proxy(Proxy.Type.HTTP, deadEnd.getLocalSocketAddress()));
    }

    /** An attempt begins. */
    @Override
    public List<Proxy> select(URI uri) {
        int transfer = Transfer.numberOf(uri.getPath());
        Fault fault = script.fault(transfer, attempts.incrementAndGet(transfer));
        return fault == Fault.REFUSE ? nowhere : DIRECT;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failed) {}

    /** What goes wrong with the attempt that is on its way. */
    Fault fault(int transfer) {
        return script.fault(transfer, attempts.get(transfer));
    }

    /** How many attempts were made at all transfers. */
    long attempts() {
        long sum = 0;
        for (int transfer = 0; transfer < attempts.length(); transfer++) {
            sum += attempts.get(transfer);
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        deadEnd.close();
    }
}
