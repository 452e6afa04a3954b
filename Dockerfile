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
# Distroless images keep Node in /nodejs/bin.
ENV NODE_ENV=production PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin
WORKDIR /app
# A number, so that a pod's runAsNonRoot can be checked.
USER 65532:65532
# A small young generation: listing ten thousand ConfigMaps then costs some 20 MB of memory instead of 120.
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=2", "/app/sse-kms.mjs"]
CMD ["operator"]
