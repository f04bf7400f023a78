package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.basic;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.spring.boot.idempotency.Idempotent;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.resttestclient.TestRestTemplate;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureTestRestTemplate;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.client.MockMvcWebTestClient;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Idempotent endpoints under the clients that Spring Boot has for tests: one application, with a server and with MockMvc. */
@SpringBootTest(
        classes = {Shop.class, Members.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:clients",
            "spring.sql.init.mode=always",
            TestServer.TABLES,
            "spring.flyway.enabled=false",
            "spring.autoconfigure.exclude=" + TestClientsTest.HIBERNATE,
            "spring.main.banner-mode=off",
            "test.container=TOMCAT",
            "shop.retention=72h"
        })
@AutoConfigureMockMvc
@AutoConfigureTestRestTemplate
class TestClientsTest {

    static final String HIBERNATE = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
            + "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration";

    private final String item = name("item");

    @Autowired
    private MockMvc mvc;

    @Autowired
    private TestRestTemplate template;

    @Autowired
    private JdbcTemplate jdbc;

    @LocalServerPort
    private int port;

    /** The response to a client. */
    private record Received(int status, String body, HttpHeaders headers) {}

    private HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        headers.setAll(Map.of("Authorization", basic("alice"), "Content-Type", "text/plain", KEY, item));
        return headers;
    }

    private Received send(String client, String path) throws Exception {
        String server = "http://localhost:" + port;
        return switch (client) {
            case "MockMvc" -> byMockMvc(path);
            case "TestRestTemplate" -> byTemplate(path);
            case "RestTestClient of a server" ->
                byRestTestClient(RestTestClient.bindToServer().baseUrl(server).build(), path);
            case "RestTestClient of MockMvc" ->
                byRestTestClient(RestTestClient.bindTo(mvc).build(), path);
            case "WebTestClient of a server" ->
                byWebTestClient(WebTestClient.bindToServer().baseUrl(server).build(), path);
            default -> byWebTestClient(MockMvcWebTestClient.bindTo(mvc).build(), path);
        };
    }

    private Received byMockMvc(String path) throws Exception {
        MockHttpServletResponse response = mvc.perform(
                        MockMvcRequestBuilders.post(path).headers(headers()).content(item))
                .andReturn()
                .getResponse();
        HttpHeaders headers = new HttpHeaders();
        response.getHeaderNames().forEach(name -> headers.add(name, response.getHeader(name)));
        return new Received(response.getStatus(), response.getContentAsString(), headers);
    }

    private Received byTemplate(String path) {
        ResponseEntity<String> response = template.postForEntity(path, new HttpEntity<>(item, headers()), String.class);
        return new Received(response.getStatusCode().value(), response.getBody(), response.getHeaders());
    }

    private Received byRestTestClient(RestTestClient client, String path) {
        var response = client.post()
                .uri(path)
                .headers(headers -> headers.putAll(headers()))
                .body(item)
                .exchange()
                .returnResult(String.class);
        return new Received(response.getStatus().value(), response.getResponseBody(), response.getResponseHeaders());
    }

    private Received byWebTestClient(WebTestClient client, String path) {
        var response = client.post()
                .uri(path)
                .headers(headers -> headers.putAll(headers()))
                .bodyValue(item)
                .exchange()
                .expectBody(String.class)
                .returnResult();
        return new Received(response.getStatus().value(), response.getResponseBody(), response.getResponseHeaders());
    }

    private int entries() {
        return jdbc.queryForObject("SELECT COUNT(*) FROM entry WHERE item = ?", Integer.class, item);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MockMvc",
                "TestRestTemplate",
                "RestTestClient of a server",
                "RestTestClient of MockMvc",
                "WebTestClient of a server",
                "WebTestClient of MockMvc"
            })
    void post_sentAgainWithItsKey_isReplayed(String client) throws Exception {
        Received first = send(client, "/orders");
        assertThat(first.status()).isEqualTo(201);
        Received second = send(client, "/orders");
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().getFirst("Idempotent-Replayed")).isEqualTo("true");
        assertThat(entries()).isEqualTo(1);
    }

    @Test
    @Transactional
    void post_inTheTransactionOfATest_isRefusedWithTheRemedy() {
        assertThatThrownBy(() -> send("MockMvc", "/orders"))
                .hasStackTraceContaining("this thread is in a transaction already")
                .hasStackTraceContaining("@Transactional(propagation = Propagation.NOT_SUPPORTED)");
        assertThat(entries()).isZero();
    }

    /** The threads of the server are outside of the transaction of the test. */
    @Test
    @Transactional
    void post_toAServer_isExecutedAndReplayed() throws Exception {
        assertThat(send("TestRestTemplate", "/orders").status()).isEqualTo(201);
        assertThat(send("TestRestTemplate", "/orders").headers().getFirst("Idempotent-Replayed"))
                .isEqualTo("true");
    }

    @Test
    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    void post_inATestThatSuspendsTransactions_isReplayed() throws Exception {
        post_sentAgainWithItsKey_isReplayed("MockMvc");
    }

    /** A slice without a store for its records. */
    @WebMvcTest(Slice.Controller.class)
    @ContextConfiguration(classes = Slice.Application.class)
    static class Slice {

        @SpringBootConfiguration(proxyBeanMethods = false)
        @Import(Controller.class)
        static class Application {}

        @RestController
        static class Controller {

            @PostMapping("/slice")
            @Idempotent
            String post() {
                return "done";
            }
        }
    }

    /** Without that, the slice would run the method for each request, whatever its key. */
    @Test
    void slice_withoutAStore_doesNotStartAndNamesTheRemedy() {
        assertThatThrownBy(() -> new TestContextManager(Slice.class).prepareTestInstance(new Slice()))
                .hasStackTraceContaining("Slice$Controller#post")
                .hasStackTraceContaining("a @WebMvcTest slice has a store with respite-spring-boot-test");
    }
}
