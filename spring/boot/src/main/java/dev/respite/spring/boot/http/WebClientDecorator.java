package dev.respite.spring.boot.http;

import dev.respite.spring.http.RespiteFilter;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

/** Adds retries to clients of WebFlux, within a filter that finds the request of the server for which they send. A class of its own, since an application may not have WebFlux. */
record WebClientDecorator(
        Connectors connectors,
        ObjectProvider<ClientHttpConnectorBuilder<?>> builders,
        ConfigurableListableBeanFactory beans,
        ObjectProvider<ExchangeFilterFunction> around) {

    /** The connector of all clients, as Spring Boot defines it. */
    private static final String SHARED = "clientHttpConnector";

    void decorate(ClientDecorator retries, WebClient.Builder builder) {
        @Nullable Object connector = Connectors.of(builder);
        retries.checkRedirects(connector, connectors);
        RespiteFilter filter = RespiteFilter.of(retries.retry());
        boolean mayFollow = connectors.mayFollow(connector);
        builder.filters(filters -> {
            filters.removeIf(RespiteFilter.class::isInstance);
            filters.add(0, mayFollow ? filter : filter.withoutRedirects());
            around.ifAvailable(outer -> filters.add(0, outer));
        });
    }

    /**
     * Decorates a client of a group. Spring Boot 4.0 and 4.1 build a connector by the settings of the group, and replace it by the
     * connector of all clients: that may follow redirects. So the connector is built again, unless it is the application's own.
     */
    void decorate(ClientDecorator retries, WebClient.Builder builder, String group) {
        ClientHttpConnectorBuilder<?> connector = builders.getIfAvailable();
        if (connector != null && isShared(Connectors.of(builder))) {
            builder.clientConnector(connector.build(connectors.ofGroup(group)));
        }
        decorate(retries, builder);
    }

    private boolean isShared(@Nullable Object connector) {
        if (connector == null || !beans.containsBeanDefinition(SHARED) || beans.getBean(SHARED) != connector) {
            return false;
        }
        // Processed ahead of time, a definition has no factory any more.
        String factory = beans.getBeanDefinition(SHARED).getFactoryBeanName();
        return factory == null || factory.startsWith("org.springframework.boot.");
    }
}
