package dev.respite.spring.boot.http;

import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/** Retries the requests of HTTP interfaces that use a WebClient, by the names of their groups. */
record WebClientGroups(ClientPolicies policies, WebClientDecorator decorator)
        implements WebClientHttpServiceGroupConfigurer {

    /** After Spring Boot has applied the customizers of all builders: the retry of a group replaces the retry of the builders. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void configureGroups(Groups<WebClient.Builder> groups) {
        groups.forEachClient((group, builder) -> policies.ofGroup(group.name())
                .ifPresent(retries -> decorator.decorate(retries, builder, group.name())));
    }
}
