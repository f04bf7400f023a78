package dev.respite.demo;

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
 * Counts the attempts at each transfer, and selects those whose connection is refused.
 *
 * <p>For a real refusal, an attempt must connect to a port without a listener, while other attempts reach the same bank. So
 * the refusal is part of the route and not of the bank. The JDK's client queries its proxy selector once for each attempt.
 * For an attempt that the script refuses, the selector returns a proxy without a listener. The operating system then refuses
 * the connection, as it does when a target of a load balancer has just ended. The port is bound and never listened on, so
 * that no other process can use it.
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

    /** Counts an attempt, and returns its proxy. */
    @Override
    public List<Proxy> select(URI uri) {
        int transfer = Transfer.numberOf(uri.getPath());
        TransferFault fault = script.fault(transfer, attempts.incrementAndGet(transfer));
        return fault == TransferFault.REFUSE ? nowhere : DIRECT;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failed) {}

    /** Returns the fault of the current attempt at a transfer. */
    TransferFault fault(int transfer) {
        return script.fault(transfer, attempts.get(transfer));
    }

    /** Returns the number of attempts at all transfers. */
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
