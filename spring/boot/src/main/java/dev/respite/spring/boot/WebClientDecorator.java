package dev.respite.spring.boot;

import dev.respite.spring.http.RespiteFilter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.web.reactive.function.client.WebClient;

/** Adds retries to clients of WebFlux. A class of its own, since an application may not have WebFlux. */
record WebClientDecorator(Connectors connectors, ObjectProvider<ClientHttpConnectorBuilder<?>> builders) {

    /** Decorates a client whose builder is a bean. */
    void decorate(ClientDecorator retries, WebClient.Builder builder) {
        add(retries, builder, connectors.ofBuilders());
    }

    /**
     * Decorates a client of a group. Spring Boot 4.0 and 4.1 build a connector by the settings of the group, and replace it by the
     * connector of all clients: that follows redirects. So the connector is built again.
     */
    void decorate(ClientDecorator retries, WebClient.Builder builder, String group) {
        HttpClientSettings settings = connectors.ofGroup(group);
        ClientHttpConnectorBuilder<?> connector = builders.getIfAvailable();
        if (connector != null && connectors.isBuilt(Connectors.of(builder))) {
            builder.clientConnector(connector.build(settings));
        }
        add(retries, builder, settings);
    }

    private void add(ClientDecorator retries, WebClient.Builder builder, HttpClientSettings settings) {
        RespiteFilter filter = RespiteFilter.of(retries.retry());
        boolean mayFollow = retries.mayFollow(Connectors.of(builder), connectors, settings);
        builder.filters(filters -> {
            filters.removeIf(RespiteFilter.class::isInstance);
            filters.add(0, mayFollow ? filter : filter.withoutRedirects());
        });
    }
}
