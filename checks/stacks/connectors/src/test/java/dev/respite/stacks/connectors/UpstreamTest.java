package dev.respite.stacks.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.reactive.HttpComponentsClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

/**
 * The programs of {@code UPSTREAM.md}, without a retry. A test that fails here shows that another project has been
 * corrected, and that a workaround of ours can go.
 */
class UpstreamTest {

    private final FaultyServer server = FaultyServer.start();
    private final FaultyServer elsewhere = FaultyServer.start();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "shop", types = Orders.class, clientType = ClientType.WEB_CLIENT)
    static class Application {}

    @AfterEach
    void close() {
        server.close();
        elsewhere.close();
    }

    @Test
    void webClientGroup_withRedirectsSwitchedOff_followsThem() {
        server.otherwise(Reply.of(307).header("Location", elsewhere.uri().toString()));
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try (ConfigurableApplicationContext context = application.run(
                "--spring.http.serviceclient.shop.base-url=" + server.uri(),
                "--spring.http.serviceclient.shop.redirects=dont-follow")) {
            context.getBean(Orders.class).order("tea");
        }
        assertThat(elsewhere.requests()).hasSize(1);
    }

    @Test
    void connectorOfApachesClient_afterFiveCancelledExchanges_sendsNothing() {
        server.otherwise(ServerFault.hang());
        WebClient client = WebClient.builder()
                .clientConnector(new HttpComponentsClientHttpConnector())
                .build();
        for (int i = 0; i < 6; i++) {
            assertThatThrownBy(() -> client.get()
                            .uri(server.uri())
                            .retrieve()
                            .toBodilessEntity()
                            .timeout(Duration.ofMillis(200))
                            .block())
                    .hasRootCauseInstanceOf(TimeoutException.class);
        }
        assertThat(server.requests()).hasSize(5);
        assertThat(server.openConnections()).isEqualTo(5);
        server.closeForcibly();
    }

    @Test
    void factoryOfJetty_afterAnInterrupt_keepsTheConnection() {
        server.otherwise(ServerFault.hang());
        RestClient client = RestClient.builder()
                .requestFactory(new JettyClientHttpRequestFactory())
                .build();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                client.get().uri(server.uri()).retrieve().toBodilessEntity();
            } catch (RuntimeException interrupted) {
                ended.complete(interrupted);
            }
        });
        thread.start();
        await().until(() -> server.requests().size() == 1);
        thread.interrupt();
        assertThat(ended.join()).hasMessageContaining("interrupted");
        client.get().uri(elsewhere.uri()).retrieve().toBodilessEntity();
        assertThat(server.openConnections()).isEqualTo(1);
        server.closeForcibly();
    }
}
