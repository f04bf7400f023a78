package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.spring.boot.idempotency.Idempotent;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/** Applications with a second dispatcher servlet, with the context of the application or one below it. */
class TwoDispatchersTest {

    private static TestServer server;

    /** Writes an entry for each request that reaches it. */
    @RestController
    static class Payments {
        private final Entries entries;

        Payments(Entries entries) {
            this.entries = entries;
        }

        @PostMapping("/pay")
        @Idempotent
        String pay(@RequestBody String item) {
            return "paid " + entries.add(item);
        }
    }

    /** In the context below only. */
    @RestController
    static class Refunds {
        private final Entries entries;

        Refunds(Entries entries) {
            this.entries = entries;
        }

        @PostMapping("/refund")
        @Idempotent
        String refund(@RequestBody String item) {
            return "refunded " + entries.add(item);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebMvc
    @Import(Refunds.class)
    static class Below {}

    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, Entries.class, Payments.class})
    static class Application {

        @Bean
        ServletRegistrationBean<DispatcherServlet> sharing(WebApplicationContext context) {
            return registration("sharing", new DispatcherServlet(context));
        }

        @Bean
        ServletRegistrationBean<DispatcherServlet> below(WebApplicationContext context) {
            AnnotationConfigWebApplicationContext below = new AnnotationConfigWebApplicationContext();
            below.setParent(context);
            below.register(Below.class);
            return registration("below", new DispatcherServlet(below));
        }

        private static ServletRegistrationBean<DispatcherServlet> registration(String name, DispatcherServlet servlet) {
            var registration = new ServletRegistrationBean<>(servlet, "/" + name + "/*");
            registration.setName(name);
            return registration;
        }
    }

    @BeforeAll
    static void start() {
        server = TestServer.start(Stack.PLAIN, List.of(), Application.class);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void secondDispatcher_withTheContextOfTheApplication_runsOnceForEachKey() {
        HttpResponse<String> first = server.post("/sharing/pay", "shared", "tea");
        assertThat(first.statusCode()).isEqualTo(200);
        HttpResponse<String> again = server.post("/sharing/pay", "shared", "tea");
        assertThat(isReplay(again)).isTrue();
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(server.entries("tea")).isEqualTo(1);
    }

    @Test
    void secondDispatcher_withAContextBelow_isRejectedAndRunsNoMethod() {
        HttpResponse<String> rejected = server.post("/below/refund", "below", "coffee");
        assertThat(rejected.statusCode()).isEqualTo(500);
        assertThat(server.entries("coffee")).isZero();
    }
}
