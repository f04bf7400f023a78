package dev.respite.stacks.connectors;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

/** An application whose client sends idempotency keys, and the servers that it may reach. */
final class Shop implements AutoCloseable {

    static final long TIMEOUT_MILLIS = 300;

    private final FaultyServer server = FaultyServer.start();
    private final FaultyServer elsewhere = FaultyServer.start();
    private final ConfigurableApplicationContext context;
    private final Orders orders;

    /** The origin of the client: a builder that is a bean, or an HTTP group. */
    enum Way {
        BUILDER,
        GROUP
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Builders {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "shop", types = Orders.class)
    static class RestGroup {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "shop", types = Orders.class, clientType = ClientType.WEB_CLIENT)
    static class WebGroup {}

    private Shop(Connector connector, Way way, String... more) {
        String base = server.uri("").toString();
        List<String> properties = new ArrayList<>(List.of(
                "spring.main.banner-mode=off",
                "respite.policies.shop.max-attempts=3",
                "respite.policies.shop.attempt-timeout=" + TIMEOUT_MILLIS,
                "respite.policies.shop.base-delay=1ms",
                "respite.policies.shop.jitter=none",
                "respite.policies.shop.budget=off",
                "respite.policies.shop.errors.429.max-attempts=2",
                connector.property()));
        if (way == Way.BUILDER) {
            properties.add("respite.http.policy=shop");
            properties.add("respite.http.idempotency-keys=" + base);
        } else {
            properties.add("respite.http.groups.shop.policy=shop");
            properties.add("respite.http.groups.shop.idempotency-keys=true");
            properties.add("spring.http.serviceclient.shop.base-url=" + base);
        }
        if (!connector.hasTimeouts()) {
            properties.add("spring.http.clients.read-timeout=" + TIMEOUT_MILLIS);
        }
        properties.addAll(List.of(more));
        Class<?> configuration =
                way == Way.BUILDER ? Builders.class : connector.isReactive() ? WebGroup.class : RestGroup.class;
        SpringApplication application = new SpringApplication(configuration);
        application.setWebApplicationType(WebApplicationType.NONE);
        this.context = application.run(
                properties.stream().map(property -> "--" + property).toArray(String[]::new));
        this.orders = way == Way.GROUP ? context.getBean(Orders.class) : build(connector, base);
    }

    static Shop open(Connector connector, Way way, String... more) {
        return new Shop(connector, way, more);
    }

    private Orders build(Connector connector, String base) {
        HttpServiceProxyFactory.Builder proxies = connector.isReactive()
                ? HttpServiceProxyFactory.builderFor(WebClientAdapter.create(
                        context.getBean(WebClient.Builder.class).baseUrl(base).build()))
                : HttpServiceProxyFactory.builderFor(RestClientAdapter.create(
                        context.getBean(RestClient.Builder.class).baseUrl(base).build()));
        return proxies.build().createClient(Orders.class);
    }

    /** Makes a call whose requests all meet a fault. */
    Cell call(boolean post, Fault fault) {
        int before = server.requests().size();
        int elsewhereBefore = elsewhere.requests().size();
        server.otherwise(fault.act(elsewhere));
        String result;
        try {
            result = String.valueOf(post ? orders.order("tea") : orders.get());
        } catch (RuntimeException failed) {
            result = failed.toString();
        }
        long end = System.nanoTime();
        List<Received> requests = server.requests();
        server.otherwise(Reply.of(200).body("ok"));
        return new Cell(
                List.copyOf(requests.subList(before, requests.size())),
                elsewhere.requests().size() - elsewhereBefore,
                result,
                end);
    }

    /** The connections that are open now. */
    int openConnections() {
        return server.openConnections() + elsewhere.openConnections();
    }

    @Override
    public void close() {
        context.close();
        server.close();
        elsewhere.close();
    }
}
