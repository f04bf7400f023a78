package dev.respite.spring.boot.test.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withStatus;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import dev.respite.spring.boot.test.WithVirtualTime;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.restclient.test.autoconfigure.RestClientTest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;

/** A client slice: the policy of the application, but none of its groups. */
@RestClientTest(properties = {"respite.http.policy=quotes", "respite.http.groups.payments.policy=quotes"})
@WithVirtualTime
class RestClientSliceTest {

    @Autowired
    private MockRestServiceServer server;

    @Autowired
    private RestClient.Builder builder;

    @Autowired
    private VirtualTime time;

    @Test
    void get_inAClientSlice_isRetriedByThePolicy() {
        server.expect(requestTo("http://market/quotes")).andRespond(withStatus(HttpStatus.SERVICE_UNAVAILABLE));
        server.expect(requestTo("http://market/quotes")).andRespond(withSuccess("101.25", MediaType.TEXT_PLAIN));
        server.expect(requestTo("/quotes")).andRespond(withSuccess());
        RestClient client = builder.build();
        long before = time.nanoTime();
        assertThatCode(() -> builder.build()
                        .get()
                        .uri("http://market/quotes")
                        .retrieve()
                        .toBodilessEntity())
                .doesNotThrowAnyException();
        // Only a mock accepts it: no client has an origin for it.
        assertThatCode(() -> client.get().uri("/quotes").retrieve().toBodilessEntity())
                .doesNotThrowAnyException();
        server.verify();
        assertThat(Duration.ofNanos(time.nanoTime() - before)).isEqualTo(Duration.ofMinutes(10));
    }
}
