package dev.respite.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpProxyTest {

    private ServerSocket behind;
    private TcpProxy proxy;

    @BeforeEach
    void open() throws IOException {
        behind = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.open("proxy");
        proxy.forwardTo(behind.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        behind.close();
    }

    private Socket client() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    @Test
    void relay_passesBothWays() throws IOException {
        try (Socket client = client();
                Socket server = behind.accept()) {
            client.getOutputStream().write(1);
            assertThat(server.getInputStream().read()).isEqualTo(1);
            server.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void answersHeldBackAndCut_serverHasHeardAndClientIsNotTold() throws IOException {
        try (Socket client = client();
                Socket server = behind.accept()) {
            proxy.responses().close();
            client.getOutputStream().write(1);
            assertThat(server.getInputStream().read()).isEqualTo(1);
            server.getOutputStream().write(2);
            proxy.resetConnections();
            proxy.responses().open();

            assertThatThrownBy(() -> {
                        if (client.getInputStream().read() < 0) {
                            throw new IOException("ended");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void requestsHeldBack_comeWhenItIsOpenedAgain() throws IOException {
        try (Socket client = client();
                Socket server = behind.accept()) {
            proxy.requests().close();
            client.getOutputStream().write(1);
            server.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            assertThat(server.getInputStream().available()).isZero();
            proxy.requests().open();
            assertThat(server.getInputStream().read()).isEqualTo(1);
        }
    }

    @Test
    void leadingNowhere_clientsAreHungUpOn() throws IOException {
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
