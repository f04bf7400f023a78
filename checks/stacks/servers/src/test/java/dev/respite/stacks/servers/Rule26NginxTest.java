package dev.respite.stacks.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.http.HttpClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule 26 against nginx, in the profile of that name. */
@Tag("nginx")
class Rule26NginxTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void send_twoHundredCallsWait_atMostEightConnectionsAreOpen(Way way) throws Exception {
        assumeThat(Programs.find("nginx"))
                .as("nginx is not installed: install Debian's package nginx-light to run this test")
                .isPresent();
        HttpClient plain =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try (TestServer server = NginxServer.start(Programs.find("nginx").orElseThrow(), folder)) {
            WaitingCalls calls = new WaitingCalls(way, plain, "");

            calls.start(200, server.uri());

            assertThat(server.openConnections()).isLessThanOrEqualTo(8);
            assertThat(calls.finish())
                    .allSatisfy(response -> assertThat(response.statusCode()).isEqualTo(200));
            assertThat(server.acceptedConnections()).isLessThan(200);
        }
    }
}
