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
class RelayTest {

    private ServerSocket behind;
    private Relay relay;

    @BeforeEach
    void open() throws IOException {
        behind = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        relay = Relay.open("relay");
        relay.leadTo(behind.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        behind.close();
    }

    private Socket client() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), relay.port());
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
            relay.answers().shut();
            client.getOutputStream().write(1);
            assertThat(server.getInputStream().read()).isEqualTo(1);
            server.getOutputStream().write(2);
            relay.cut();
            relay.answers().open();

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
            relay.requests().shut();
            client.getOutputStream().write(1);
            server.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            assertThat(server.getInputStream().available()).isZero();
            relay.requests().open();
            assertThat(server.getInputStream().read()).isEqualTo(1);
        }
    }

    @Test
    void leadingNowhere_clientsAreHungUpOn() throws IOException {
        relay.leadNowhere();
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
