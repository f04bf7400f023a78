package dev.respite.torture.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

    private ServerSocket target;
    private TcpProxy proxy;

    @BeforeEach
    void open() throws IOException {
        target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.open("proxy");
        proxy.forwardTo(target.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        target.close();
    }

    private Socket client() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    @Test
    void connection_open_forwardsBothDirections() throws IOException {
        try (Socket client = client();
                Socket server = target.accept()) {
            client.getOutputStream().write(1);
            assertThat(server.getInputStream().read()).isEqualTo(1);
            server.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void resetConnections_responseHeldBack_clientGetsNoResponse() throws IOException {
        try (Socket client = client();
                Socket server = target.accept()) {
            proxy.responses().acquireUninterruptibly();
            client.getOutputStream().write(1);
            assertThat(server.getInputStream().read()).isEqualTo(1);
            server.getOutputStream().write(2);
            proxy.resetConnections();
            proxy.responses().release();

            assertThatThrownBy(() -> {
                        if (client.getInputStream().read() < 0) {
                            throw new IOException("ended");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void requestGate_reopened_deliversHeldRequest() throws IOException {
        try (Socket client = client();
                Socket server = target.accept()) {
            proxy.requests().acquireUninterruptibly();
            client.getOutputStream().write(1);
            server.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            assertThat(server.getInputStream().available()).isZero();
            proxy.requests().release();
            assertThat(server.getInputStream().read()).isEqualTo(1);
        }
    }

    @Test
    void rejectConnections_newConnection_isClosed() throws IOException {
        proxy.rejectConnections();
        try (Socket client = client()) {
            assertThatThrownBy(() -> {
                        if (client.getInputStream().read() < 0) {
                            throw new IOException("ended");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }
}
