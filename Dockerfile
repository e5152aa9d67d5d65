# Both programs in one image, which needs no root, no capability and no writable file system but /tmp.
FROM debian:bookworm-slim AS build
COPY operator/packages.txt /src/operator/packages.txt
RUN apt-get update \
 && sed 's/#.*//' /src/operator/packages.txt | xargs apt-get install -y --no-install-recommends \
 && rm -rf /var/lib/apt/lists/*
COPY . /src
# Compiled objects are kept in /ccache when such a directory is mounted; what a build on the host has put
# there serves too, as everything lies alike below the source directory.
ENV CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1 CCACHE_COMPILERCHECK=content
RUN if [ -d /ccache ]; then export CCACHE_DIR=/ccache; else export CCACHE_DISABLE=1; fi \
 && cmake -S /src -B /src/build -G Ninja -DSLUICE_TESTS=OFF \
 && cmake --build /src/build --target sluice sluice-operator \
 && install -s -D -t /out/bin /src/build/sluice /src/build/sluice-operator
# What the binaries are linked to, as packages, so that this list cannot fall behind.
RUN ldd /out/bin/* | awk '$2 == "=>" {print $3}' | sort -u | xargs realpath \
  | xargs dpkg-query --search | cut -d: -f1 | sort -u > /out/packages.txt

FROM debian:bookworm-slim
COPY --from=build /out/packages.txt /tmp/packages.txt
# The server is for scratch databases only: a runner whose role may create none starts one of its own in
# /tmp. Its package is unpacked rather than installed, without the 150 MB that compile queries, and
# without a cluster that nobody asked for; what its programs are linked to stands here.
RUN apt-get update \
 && xargs apt-get install -y --no-install-recommends postgresql-client-15 \
      libicu72 libldap-2.5-0 liblz4-1 libpam0g libsystemd0 libxml2 libxslt1.1 libzstd1 libuuid1 tzdata \
      < /tmp/packages.txt \
 && cd /tmp && apt-get download postgresql-15 && dpkg-deb -x postgresql-15_*.deb /tmp/server \
 && rm -rf /tmp/server/usr/lib/postgresql/15/lib/bitcode /tmp/server/usr/lib/postgresql/15/lib/llvmjit* \
 && cp -a /tmp/server/usr/lib/postgresql /usr/lib/ && cp -a /tmp/server/usr/share/postgresql /usr/share/ \
 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /tmp/* \
 && echo 'sluice:x:65532:65532::/tmp:/usr/sbin/nologin' >> /etc/passwd \
 && echo 'sluice:x:65532:' >> /etc/group
COPY --from=build /out/bin/ /usr/local/bin/
# pg_dump and pg_restore themselves, without Debian's wrapper around them.
ENV PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/bin:/bin HOME=/tmp LANG=C.UTF-8
USER 65532:65532
WORKDIR /tmp
CMD ["sluice-operator"]
