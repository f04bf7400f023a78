package com.example;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.service.registry.ImportHttpServices;

/** A Spring Boot application whose HTTP interface and annotated method are retried by the policies in {@code application.yaml}. */
@SpringBootApplication
@ImportHttpServices(group = "payments", types = Payments.class)
public class Main {

    public static void main(String[] args) throws IOException {
        HttpServer server = FaultyServer.start();
        String url = "http://localhost:" + server.getAddress().getPort();
        try (ConfigurableApplicationContext context = SpringApplication.run(Main.class, "--provider.url=" + url)) {
            Payments payments = context.getBean(Payments.class);
            System.out.println("caller gets " + payments.status("1"));
            System.out.println("caller gets " + payments.pay("100 EUR"));
            System.out.println("caller gets " + context.getBean(Invoices.class).send("invoice 7"));
        } finally {
            server.stop(0);
        }
    }
}
