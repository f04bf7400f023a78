package dev.respite.spring.boot.http;

import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/** Retries the requests of HTTP interfaces that use a RestClient, by the names of their groups. */
record RestClientGroups(ClientPolicies policies, Connectors connectors)
        implements RestClientHttpServiceGroupConfigurer {

    /** After Spring Boot has applied the customizers of all builders: the retry of a group replaces the retry of the builders. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void configureGroups(Groups<RestClient.Builder> groups) {
        groups.forEachClient((group, builder) ->
                policies.ofGroup(group.name()).ifPresent(retries -> retries.decorate(builder, connectors)));
    }
}
