package dev.respite.spring;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.function.Consumer;
import org.springframework.aop.framework.ProxyConfig;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Application contexts with {@link EnableRespite} and a retry of three attempts. */
final class TestContext {

    static final RetryPolicy POLICY = RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off");

    private TestContext() {}

    static Retry retry(String name) {
        return Retry.withoutWarnings(POLICY, TimeSource.system()).withName(name);
    }

    /** Proxies of interfaces, where a bean has some. */
    static AnnotationConfigApplicationContext ofInterfaces(Class<?>... components) {
        return start(context -> context.register(components));
    }

    /** Proxies of classes, as Spring Boot makes them. */
    static AnnotationConfigApplicationContext ofClasses(Class<?>... components) {
        return start(context -> {
            context.register(ClassProxies.class);
            context.register(components);
        });
    }

    static AnnotationConfigApplicationContext start(Consumer<AnnotationConfigApplicationContext> setUp) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(Application.class);
        setUp.accept(context);
        context.refresh();
        return context;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableRespite
    static class Application {
        @Bean
        Retries retries() {
            return Retries.of(retry("payments"), retry("quotes"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ClassProxies {
        @Bean(AutoProxyUtils.DEFAULT_PROXY_CONFIG_BEAN_NAME)
        static ProxyConfig proxyConfig() {
            ProxyConfig config = new ProxyConfig();
            config.setProxyTargetClass(true);
            return config;
        }
    }
}
