package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.spring.boot.idempotency.Idempotent;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.stacks.idempotency.boot.Consumer.Database;
import dev.respite.stacks.idempotency.boot.Deliveries.NotDeliverableException;
import dev.respite.stacks.idempotency.boot.Deliveries.Order;
import dev.respite.stacks.idempotency.boot.Deliveries.Orders;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The checks of methods with a key at the start of an application, and the applications that have them. */
class IdempotentMethodSetUpTest {

    private static final Pattern SERVLETS =
            Pattern.compile("servlet|webmvc|spring-web|tomcat|jetty|spring-boot-web", Pattern.CASE_INSENSITIVE);

    private final String id = name("order");

    private static Consumer start(Class<?>... sources) {
        return Consumer.start(Database.H2, List.of(), sources);
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Test
    void methods_thatCannotWork_areListedAtStartWithTheirRemedies() {
        assertThatThrownBy(() -> start(Application.class, BadMethods.class))
                .isInstanceOf(SetupException.class)
                .message()
                .satisfies(message -> {
                    assertProblem(message, "keyless", "name the key of a call, for example key = \"#order.id\"");
                    for (String later : List.of("future", "publisher", "stream", "iterator")) {
                        assertProblem(message, later, "return a value, such as a List");
                    }
                    assertProblem(message, "untyped", "declare a class");
                    for (String unreachable : List.of("fixed", "shared", "hidden")) {
                        assertProblem(message, unreachable, "remove the modifier");
                    }
                    assertProblem(message, "overloaded", "rename one of them");
                    for (String request : List.of("scoped", "sharing", "authorized")) {
                        assertProblem(message, request, "put the owner into the key");
                    }
                    assertProblem(
                            message, "unknownParameter", "the key '#order.id' has a variable that is no parameter");
                    assertProblem(message, "withoutParameter", "or none: use [id]");
                    assertProblem(message, "unparsed", "#id.");
                    assertProblem(message, "unknownPart", "[/order/amount] does not begin with parameters: use [id]");
                    assertProblem(message, "noPointer", "must start with '/'");
                    assertProblem(message, "retained", "'a week' is not a duration");
                    assertProblem(message, "apart", "PROPAGATION_REQUIRES_NEW");
                    assertProblem(message, "without", "PROPAGATION_NOT_SUPPORTED");
                    assertProblem(message, "reading", "readOnly: use @Transactional with REQUIRED");
                    assertProblem(message, "elsewhere", "other");
                    assertThat(message).doesNotContain("good");
                });
    }

    private static void assertProblem(String message, String method, String problem) {
        assertThat(message.lines().filter(line -> line.contains("BadMethods." + method + "(")))
                .as(message)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains(problem));
    }

    /** The method of a controller. */
    @RestController
    static class Controller {
        @PostMapping("/keyed")
        @Idempotent(key = "#id")
        String keyed(String id) {
            return id;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Entries.class, Controller.class})
    static class Endpoints {}

    @Test
    void key_ofAMethodThatHandlesRequests_isRejectedWithARemedy() {
        assertThatThrownBy(() ->
                        TestServer.start(new Stack(Stack.Container.TOMCAT, false, true), List.of(), Endpoints.class))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("Controller.keyed(")
                .hasMessageContaining("a request has its key in a header: remove 'key'");
    }

    /** A record apart from its effect. */
    @Configuration(proxyBeanMethods = false)
    @Import(Deliveries.class)
    static class Apart {
        @Bean
        InMemoryIdempotencyStore store() {
            return InMemoryIdempotencyStore.create();
        }
    }

    @Test
    void store_apartFromTheEffect_isRejectedWithARemedy() {
        assertThatThrownBy(() -> start(Apart.class))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("Orders.place(")
                .hasMessageContaining("its record would be apart from its effect: keep records in the database");
    }

    /** Needs no proxy for anything else. */
    static class Plain {
        @Idempotent(key = "#id")
        String plain(String id) {
            return id;
        }
    }

    @Test
    void methods_withoutJackson_areRejectedWithARemedy() {
        ApplicationContextInitializer<GenericApplicationContext> filtered =
                context -> context.setClassLoader(new FilteredClassLoader("tools.jackson"));
        assertThatThrownBy(() -> Consumer.start(filtered, Database.H2, List.of(), Application.class, Plain.class))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("@Idempotent has no effect in this application")
                .hasMessageContaining("Plain.plain(")
                .extracting("action")
                .asString()
                .contains("spring-boot-starter-jackson");
    }

    /** A class that can have no proxy. */
    static final class Fixed {
        @Idempotent(key = "#id")
        String fixed(String id) {
            return id;
        }
    }

    @Test
    void finalClass_isRejected() {
        assertThatThrownBy(() -> start(Application.class, Fixed.class))
                .hasStackTraceContaining("Could not generate CGLIB subclass of class " + Fixed.class.getName());
    }

    @Test
    void annotation_thatIsSwitchedOff_hasNoEffect() {
        try (Consumer consumer =
                Consumer.start(Database.H2, List.of("respite.idempotency.enabled=false"), Deliveries.class)) {
            for (int i = 0; i < 2; i++) {
                consumer.bean(Orders.class).deliver(id);
            }
            assertThat(consumer.effects(id)).isEqualTo(2);
        }
    }

    /** As a test replaces a bean by a mock, which no post-processor sees. */
    @Test
    void bean_thatHasNoProxy_isNoReasonToFail() {
        ApplicationContextInitializer<GenericApplicationContext> mocked =
                context -> context.getBeanFactory().registerSingleton("mock", new Orders(null));
        try (Consumer consumer = Consumer.start(mocked, Database.H2, List.of(), Application.class)) {
            assertThat(consumer.bean(Orders.class)).isExactlyInstanceOf(Orders.class);
        }
    }

    /** A service with an interface. */
    interface Payments<T> {
        String pay(T order) throws NotDeliverableException;
    }

    /** The implementation of a generic interface: the parameter of its method is another. */
    static class CardPayments implements Payments<Order> {

        private final JdbcTemplate jdbc;

        CardPayments(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Override
        @Idempotent(key = "#order.id")
        public String pay(Order order) throws NotDeliverableException {
            jdbc.update("INSERT INTO effect (item) VALUES (?)", order.id());
            if (order.notes().containsKey("fail")) {
                throw new NotDeliverableException("no card");
            }
            return "paid " + order.id();
        }
    }

    /** The same, with a method that is in no interface. */
    static class HiddenPayments extends CardPayments {
        HiddenPayments(JdbcTemplate jdbc) {
            super(jdbc);
        }

        @Idempotent(key = "#id")
        public String refund(String id) {
            return id;
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void proxyOfInterfaces_runsTheMethodOnceAndPassesItsExceptions() throws Exception {
        List<String> interfaces = List.of("spring.aop.proxy-target-class=false");
        try (Consumer consumer = Consumer.start(Database.H2, interfaces, Application.class, CardPayments.class)) {
            Payments<Order> payments = consumer.bean(Payments.class);
            assertThat(payments).isNotInstanceOf(CardPayments.class);
            assertThat(payments.pay(Order.of(id))).isEqualTo(payments.pay(Order.of(id)));
            assertThat(consumer.effects(id)).isEqualTo(1);
            Order failing = new Order(id + "f", Order.of(id).amount(), Map.of("fail", ""));
            assertThatThrownBy(() -> payments.pay(failing)).isExactlyInstanceOf(NotDeliverableException.class);
            assertThat(consumer.effects(id + "f")).isZero();
        }
        assertThatThrownBy(() -> Consumer.start(Database.H2, interfaces, Application.class, HiddenPayments.class))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("HiddenPayments.refund(")
                .hasMessageContaining("it is in no interface");
    }

    /** A service with a rule. */
    @EnableMethodSecurity
    static class Guarded {

        private final JdbcTemplate jdbc;

        Guarded(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @PreAuthorize("hasRole('CLERK')")
        @Idempotent(key = "#id")
        public String open(String id) {
            jdbc.update("INSERT INTO effect (item) VALUES (?)", id);
            return "open";
        }
    }

    @Test
    void rulesOfSpringSecurity_areEvaluatedBeforeAReplay() {
        try (Consumer consumer = start(Application.class, Guarded.class)) {
            Guarded guarded = consumer.bean(Guarded.class);
            SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("a", "", "ROLE_CLERK"));
            assertThat(guarded.open(id)).isEqualTo(guarded.open(id));
            SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("b", "", "ROLE_USER"));
            assertThatThrownBy(() -> guarded.open(id)).isInstanceOf(AccessDeniedException.class);
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    /** A process without the jars of servlets and of Spring's web support. */
    static final class WithoutServlets {

        private WithoutServlets() {}

        public static void main(String[] arguments) {
            try (Consumer consumer = Consumer.start(context -> {}, Database.H2, List.of(), Deliveries.class)) {
                for (int i = 0; i < 2; i++) {
                    consumer.bean(Orders.class).deliver("order");
                }
                System.exit(consumer.effects("order") == 1 ? 0 : 1);
            }
        }
    }

    @Test
    void application_withoutServletsOnItsClassPath_hasMethodsWithAKey(@TempDir Path folder) throws Exception {
        String path = List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                .filter(entry -> !SERVLETS.matcher(Path.of(entry).getFileName().toString())
                        .find())
                .filter(entry -> !entry.contains("idempotency/servlet"))
                .collect(Collectors.joining(File.pathSeparator));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        path,
                        WithoutServlets.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(() -> read(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException broken) {
            return broken.toString();
        }
    }
}
