# The service's image: the binary on a base that has what it is linked against, CA certificates, and no shell.
#
#     docker build --tag lead-tracker .

FROM rust:1.95-slim-trixie AS build
WORKDIR /build
# What others have written first, around a program that does nothing: this layer stays until a dependency changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
    && echo 'fn main() {}' >src/main.rs \
    && touch src/lib.rs \
    && cargo build --release --locked --bin lead-tracker \
    && rm -r src target/release/.fingerprint/lead-tracker-*
COPY build.rs ./
COPY migrations migrations
COPY src src
RUN cargo build --release --locked --bin lead-tracker

# cc: glibc and libgcc, which is all that the binary wants. There is no HEALTHCHECK: asking /health/live and /health/ready
# is the platform's, and nothing in the image could ask.
FROM gcr.io/distroless/cc-debian13:nonroot
LABEL org.opencontainers.image.title="lead-tracker" \
      org.opencontainers.image.description="Records who was offered which lead, and announces a missed one within a second of its deadline." \
      org.opencontainers.image.source="https://github.com/hirelocal/lead-tracker"
COPY --from=build /build/target/release/lead-tracker /usr/local/bin/lead-tracker
# By number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 3000
ENTRYPOINT ["/usr/local/bin/lead-tracker"]
CMD ["serve"]
