package dev.respite.stacks.idempotency.boot;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.context.annotation.Bean;

/** What each application of the tests has: a container, and entries in its database. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Server {

    @Bean
    ConfigurableServletWebServerFactory server(@Value("${test.container}") Stack.Container container) {
        return container == Stack.Container.TOMCAT
                ? new TomcatServletWebServerFactory()
                : new JettyServletWebServerFactory();
    }
}
