# Both may be replaced by a mirror's images or one's own. The first needs Node 18 or newer with npm; the second Node 24, as `node` in one of the
# folders of the PATH below, and nothing else: no shell, no npm.
ARG NODE_IMAGE=docker.io/library/node:24-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci"]
COPY tsconfig.json ./
COPY .config .config
COPY src src
RUN ["node_modules/.bin/node", ".config/build.ts"]

FROM ${RUNTIME_IMAGE}
COPY --from=build /build/dist /app
# Distroless images keep Node in /nodejs/bin. With an arena for each of Node's threads the C library would keep 50 MB more.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin
WORKDIR /app
# A number, so that a pod's runAsNonRoot can be checked.
USER 65532:65532
# A small young generation, and an old one that may grow by no more than 30 % between two collections: a backfill then
# costs some 50 MB of memory instead of 150, and no more of the processor's time. Without pretenuring: V8 learns at the start which
# places in the code make objects that last, for instance zod's schemas, and from then on makes the objects of these places in
# the old generation. A part of each review would land there too, and stay until a full collection.
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=4", "--heap-growing-percent=30", "--no-allocation-site-pretenuring", "/app/sse-kms.mjs"]
CMD ["operator"]
