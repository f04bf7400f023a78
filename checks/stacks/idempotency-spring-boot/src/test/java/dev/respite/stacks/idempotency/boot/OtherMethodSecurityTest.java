package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.Members.ADMIN;
import static dev.respite.stacks.idempotency.boot.Members.COLLEAGUE;
import static dev.respite.stacks.idempotency.boot.TestServer.KEY;
import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.spring.boot.idempotency.Idempotent;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableGlobalMethodSecurity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Rules of Spring Security that are not found by the class of the bean, or not by its present interceptors. */
@ExtendWith(OutputCaptureExtension.class)
class OtherMethodSecurityTest {

    private static final Stack SECURED = new Stack(Stack.Container.TOMCAT, false, true);

    private final String key = TestServer.name("key");

    private HttpResponse<String> post(TestServer server, String path, String user) {
        return TestServer.send(server.request(path)
                .header("Authorization", TestServer.basic(user))
                .header(KEY, '"' + key + '"')
                .POST(BodyPublishers.noBody()));
    }

    @RestController
    interface Contract {
        @PostMapping("/contract")
        @Idempotent(scope = "everyone", sharedScope = true)
        String pay();
    }

    static final class Implementation implements Contract {
        @Override
        @PreAuthorize("hasRole('ADMIN')")
        public String pay() {
            return "for administrators";
        }
    }

    /** A controller that is called by a proxy of its interface. */
    @Configuration(proxyBeanMethods = false)
    @Import({Server.class, ReplayAuthorizationTest.Everyone.class})
    static class Proxied {
        @Bean
        Contract contract() {
            return new Implementation();
        }
    }

    @Test
    void replay_ofAProxiedController_isGrantedByTheRulesOfItsClass() {
        List<String> properties = List.of("spring.aop.proxy-target-class=false");
        try (TestServer server = TestServer.start(SECURED, properties, Proxied.class, Members.class)) {
            assertThat(server.bean(Contract.class)).isNotInstanceOf(Implementation.class);
            assertThat(post(server, "/contract", ADMIN).body()).isEqualTo("for administrators");
            assertThat(isReplay(post(server, "/contract", ADMIN))).isTrue();
            HttpResponse<String> denied = post(server, "/contract", COLLEAGUE);
            assertThat(denied.statusCode()).isEqualTo(403);
            assertThat(denied.body()).doesNotContain("for administrators");
        }
    }

    /** The deprecated interceptor has no authorization manager, so Respite cannot evaluate its rule before a replay. */
    @Configuration(proxyBeanMethods = false)
    @EnableGlobalMethodSecurity(prePostEnabled = true)
    @Import({Server.class, ReplayAuthorizationTest.Everyone.class})
    @SuppressWarnings("deprecation")
    static class Older {
        @RestController
        static class Methods {
            @PostMapping("/deprecated")
            @PreAuthorize("hasRole('ADMIN')")
            @Idempotent(scope = "everyone", sharedScope = true)
            String pay() {
                return "for administrators";
            }
        }
    }

    @Test
    void deprecatedMethodSecurity_isRejectedWithASharedScope(CapturedOutput output) {
        List<String> properties = List.of("logging.level.org.springframework.boot.diagnostics=ERROR");
        assertThatThrownBy(() -> TestServer.start(SECURED, properties, Older.class));
        assertThat(output.getAll())
                .contains("#pay", "metaDataSourceAdvisor", "is not enabled by @EnableMethodSecurity");
    }
}
