package dev.respite.spring.boot.test.shop;

/** The body of a request. */
record Payment(String to, int amount) {}
