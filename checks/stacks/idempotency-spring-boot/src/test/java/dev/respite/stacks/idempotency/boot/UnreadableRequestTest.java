package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.spring.boot.idempotency.Idempotent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.stereotype.Controller;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Requests that never reach the controller method, because its arguments cannot be read: their key is free again. Once the
 * method was invoked, the same statuses are results.
 */
@ParameterizedClass
@EnumSource(UnreadableRequestTest.Mode.class)
class UnreadableRequestTest {

    private static final Map<Mode, TestServer> SERVERS = new ConcurrentHashMap<>();

    /** The number of invocations, by the item of the request. */
    private static final Map<String, Integer> INVOCATIONS = new ConcurrentHashMap<>();

    @Parameter
    private Mode mode;

    private final String key = name("key");
    private final String item = name("item");
    private final String json = "{\"item\":\"" + item + "\"}";

    /** Where the records are. */
    enum Mode {
        TRANSACTIONAL,
        EXTERNAL;

        private Class<?>[] sources() {
            return this == TRANSACTIONAL
                    ? new Class<?>[] {Controllers.class}
                    : new Class<?>[] {Controllers.class, Memory.class};
        }
    }

    record Order(String item) {}

    record Limited(String item, @Max(10) int amount) {}

    /** An argument that a resolver of the application reads from the database, with a deadlock at the first time. */
    record Account(String owner) {}

    static final class AccountResolver implements HandlerMethodArgumentResolver {

        private final AtomicBoolean isLocked = new AtomicBoolean(true);

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Account.class;
        }

        @Override
        public Object resolveArgument(
                MethodParameter parameter,
                ModelAndViewContainer container,
                NativeWebRequest request,
                WebDataBinderFactory binders)
                throws SQLException {
            if (isLocked.getAndSet(false)) {
                throw new SQLException("deadlock", "40001");
            }
            return new Account("alice");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Memory {

        @Bean
        InMemoryIdempotencyStore store() {
            return InMemoryIdempotencyStore.create();
        }
    }

    /** The methods. Each counts its invocations. */
    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Entries.class})
    static class Controllers {

        @Controller
        @ResponseBody
        static class Orders {

            private static String done(String item) {
                return "order " + INVOCATIONS.merge(item, 1, Integer::sum);
            }

            @PostMapping("/orders")
            @Idempotent
            String order(@RequestBody Order order) {
                return done(order.item());
            }

            @PostMapping("/parameters")
            @Idempotent
            String parameters(@RequestParam int amount, @RequestBody Order order) {
                return done(order.item());
            }

            @PostMapping("/accounts")
            @Idempotent
            String account(Account account, @RequestBody Order order) {
                return done(order.item());
            }

            /** With the constraint on a header, Spring validates all arguments together, after it has read them. */
            @PostMapping("/constrained")
            @Idempotent
            String constrained(
                    @RequestHeader(name = "Accept") @NotBlank String accepted, @Valid @RequestBody Limited order) {
                return done(order.item());
            }

            /** Its result violates a constraint, after its effect. */
            @PostMapping("/constrained-result")
            @Idempotent
            @NotBlank
            String constrainedResult(@RequestBody Order order) {
                done(order.item());
                return " ";
            }

            @PostMapping("/unwritable")
            @Idempotent
            Object unwritable(@RequestBody Order order) {
                return Map.of("done", done(order.item()));
            }

            @PostMapping("/unreadable-inside")
            @Idempotent
            String unreadableInside(@RequestBody Order order, HttpServletRequest request) {
                throw new HttpMessageNotReadableException(done(order.item()), new ServletServerHttpRequest(request));
            }

            @PostMapping("/unsupported-inside")
            @Idempotent
            String unsupportedInside(@RequestBody Order order) throws HttpMediaTypeNotSupportedException {
                done(order.item());
                throw new HttpMediaTypeNotSupportedException(MediaType.TEXT_PLAIN, List.of());
            }
        }

        @Bean
        WebMvcConfigurer accounts() {
            return new WebMvcConfigurer() {
                @Override
                public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                    resolvers.add(new AccountResolver());
                }
            };
        }

        /** Forwards to a method whose arguments cannot be read. */
        @Controller
        static class Forwards {

            @PostMapping("/forward")
            @Idempotent
            String forward(@RequestBody Order order) {
                Orders.done(order.item());
                return "forward:/target";
            }

            @PostMapping("/forward-constrained")
            @Idempotent
            String forwardConstrained(@RequestBody Order order) {
                Orders.done(order.item());
                return "forward:/constrained-target";
            }

            @PostMapping("/constrained-target")
            @ResponseBody
            String constrainedTarget(@RequestHeader(name = "Accept") @Size(max = 1) String accepted) {
                return "target " + accepted;
            }

            @PostMapping("/target")
            @ResponseBody
            String target(@RequestParam int missing) {
                return "target " + missing;
            }
        }
    }

    @AfterAll
    static void closeAll() {
        SERVERS.values().forEach(TestServer::close);
        SERVERS.clear();
    }

    private HttpResponse<String> post(String path, String type, String body) {
        return post(path, type, body, path.equals("/unwritable") ? "image/png" : "application/json, text/plain");
    }

    private HttpResponse<String> post(String path, String type, String body, String accepted) {
        TestServer server = SERVERS.computeIfAbsent(
                mode,
                each -> TestServer.start(new Stack(Stack.Container.TOMCAT, false, false), List.of(), each.sources()));
        return send(server.request(path)
                .header(KEY, key)
                .header("Content-Type", type)
                .header("Accept", accepted)
                .POST(BodyPublishers.ofString(body)));
    }

    private void invokedOnceOfThree(Callable<HttpResponse<String>> request, int status) throws Exception {
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response = request.call();
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(isReplay(response)).isEqualTo(i > 0);
        }
        assertThat(INVOCATIONS).containsEntry(item, 1);
    }

    @ParameterizedTest
    @CsvSource({"/orders, text/plain, 415", "/parameters, application/json, 400"})
    void correctedRequest_afterARefusalBeforeTheMethod_isExecuted(String path, String type, int status) {
        HttpResponse<String> refused = post(path, type, json);
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(isReplay(post(path, type, json))).isFalse();
        assertThat(INVOCATIONS).doesNotContainKey(item);

        String corrected = path.equals("/parameters") ? path + "?amount=1" : path;
        HttpResponse<String> done = post(corrected, "application/json", json);
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(isReplay(done)).isFalse();
        assertThat(isReplay(post(corrected, "application/json", json))).isTrue();
        assertThat(INVOCATIONS).containsEntry(item, 1);
    }

    /** The work runs again in a new transaction, in which the argument can be read. */
    @Test
    void unreadableArgument_ofATransactionThatIsRunAgain_isNotOneOfTheSecondRun() {
        assumeThat(mode).isEqualTo(Mode.TRANSACTIONAL);
        HttpResponse<String> done = post("/accounts", "application/json", json);
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(isReplay(post("/accounts", "application/json", json))).isTrue();
        assertThat(INVOCATIONS).containsEntry(item, 1);
    }

    @Test
    void malformedBody_isNotStored() {
        assertThat(post("/orders", "application/json", "{").statusCode()).isEqualTo(400);
        assertThat(post("/orders", "application/json", json).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"/unreadable-inside, 400", "/unsupported-inside, 415"})
    void refusal_fromInsideTheMethodOrAfterIt_isAResult(String path, int status) throws Exception {
        invokedOnceOfThree(() -> post(path, "application/json", json), status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forward", "/forward-constrained"})
    void badArgument_ofTheTargetOfAForward_isAResultOfTheMethodThatForwards(String path) throws Exception {
        invokedOnceOfThree(() -> post(path, "application/json", json), 400);
    }

    @Test
    void correctedBody_afterAConstraintWasViolated_isExecuted() {
        String wrong = "{\"item\":\"" + item + "\",\"amount\":11}";
        assertThat(post("/constrained", "application/json", wrong).statusCode()).isEqualTo(400);
        assertThat(isReplay(post("/constrained", "application/json", wrong))).isFalse();
        assertThat(INVOCATIONS).doesNotContainKey(item);

        String corrected = wrong.replace("11", "10");
        assertThat(post("/constrained", "application/json", corrected).statusCode())
                .isEqualTo(200);
        assertThat(isReplay(post("/constrained", "application/json", corrected)))
                .isTrue();
        assertThat(INVOCATIONS).containsEntry(item, 1);
    }

    @Test
    void constraintOfTheResult_isAFailureOfTheMethod() {
        assertThat(post("/constrained-result", "application/json", json).statusCode())
                .isEqualTo(500);
        HttpResponse<String> again = post("/constrained-result", "application/json", json);
        assertThat(again.statusCode()).isEqualTo(mode == Mode.TRANSACTIONAL ? 500 : 409);
        assertThat(INVOCATIONS).containsEntry(item, mode == Mode.TRANSACTIONAL ? 2 : 1);
    }

    /** In a transaction, the method is undone; apart from it, its effect is. */
    @Test
    void notAcceptableResult_isUndoneOrKept() throws Exception {
        if (mode == Mode.EXTERNAL) {
            invokedOnceOfThree(() -> post("/unwritable", "application/json", json), 406);
            return;
        }
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response = post("/unwritable", "application/json", json);
            assertThat(response.statusCode()).isEqualTo(406);
            assertThat(isReplay(response)).isFalse();
        }
        HttpResponse<String> corrected = post("/unwritable", "application/json", json, "application/json");
        assertThat(corrected.body()).isEqualTo("{\"done\":\"order 3\"}");
        assertThat(isReplay(post("/unwritable", "application/json", json, "application/json")))
                .isTrue();
    }
}
