// What a JavaScript product would do with @microsoft/microsoft-graph-client: each scenario prints what it saw as JSON.
// The client is told another address and that its host may have the token; Node is told whom to trust from outside.
"use strict";

const { BatchRequestContent, Client, PageIterator } = require("@microsoft/microsoft-graph-client");

const { GRAPH, AUTHORITY, CLIENT_ID, CLIENT_SECRET, WEBHOOK } = process.env;
const ADA = "ada@quay.example";
const AQUARIUM = "aquarium@quay.example";

async function accessToken() {
    const form = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        scope: "https://graph.microsoft.com/.default",
    });
    const answer = await fetch(`${AUTHORITY}/oauth2/v2.0/token`, { method: "POST", body: form });
    return (await answer.json()).access_token;
}

const at = (day, hour) => ({ dateTime: `2026-03-${day}T${hour}:00:00`, timeZone: "Europe/Sofia" });
const meeting = (subject, more = {}) => ({ subject, start: at("03", "09"), end: at("03", "10"), ...more });
const subjects = (page) => page.value.map((event) => event.subject);

async function refusal(promise) {
    try {
        await promise;
    } catch (error) {
        return [error.statusCode, error.code];
    }
    return null;
}

const scenarios = {
    async calendars(graph) {
        const made = await graph.api(`/users/${ADA}/calendars`).post({ name: "Boats" });
        await graph.api(`/users/${ADA}/calendars/${made.id}`).patch({ name: "Ships" });
        const seen = await graph.api(`/users/${ADA}/calendars`).select(["name"]).get();
        await graph.api(`/users/${ADA}/calendars/${made.id}`).delete();
        return { names: seen.value.map((calendar) => calendar.name) };
    },

    async events(graph) {
        const made = await graph.api(`/users/${ADA}/events`).post(meeting("Tides"));
        const path = `/users/${ADA}/events/${made.id}`;
        const changed = await graph.api(path).header("If-Match", made["@odata.etag"]).patch({ subject: "Winds" });
        const stale = await refusal(graph.api(path).header("If-Match", made["@odata.etag"]).patch({ subject: "Fog" }));
        const seen = await graph.api(path).header("Prefer", 'outlook.timezone="Europe/Sofia"').get();
        await graph.api(path).delete();
        return { changed: changed.subject, stale, start: seen.start, gone: await refusal(graph.api(path).get()) };
    },

    async paging(graph) {
        for (let number = 0; number < 5; number++) await graph.api(`/users/${ADA}/events`).post(meeting(`Watch ${number}`));
        const first = await graph.api(`/users/${ADA}/events`).top(2).get();
        const found = [];
        await new PageIterator(graph, first, (event) => found.push(event.subject)).iterate();
        return { found: found.sort() };
    },

    async series(graph) {
        const pattern = { type: "weekly", interval: 1, daysOfWeek: ["tuesday"] };
        const range = { type: "numbered", startDate: "2026-03-03", numberOfOccurrences: 3 };
        const made = await graph.api(`/users/${ADA}/events`).post(meeting("Round", { recurrence: { pattern, range } }));
        const span = { startDateTime: "2026-03-01T00:00:00Z", endDateTime: "2026-04-01T00:00:00Z" };
        const instances = () => graph.api(`/users/${ADA}/events/${made.id}/instances`).query(span).get();
        const before = await instances();
        await graph.api(`/users/${ADA}/events/${before.value[1].id}`).patch({ start: at("10", "14"), end: at("10", "15") });
        return { type: made.type, types: (await instances()).value.map((event) => event.type) };
    },

    async delta(graph) {
        await graph.api(`/users/${ADA}/events`).post(meeting("Tides"));
        const span = { startDateTime: "2026-03-01T00:00:00Z", endDateTime: "2026-04-01T00:00:00Z" };
        const first = await graph.api(`/users/${ADA}/calendarView/delta`).query(span).get();
        await graph.api(`/users/${ADA}/events`).post(meeting("Storm"));
        const second = await graph.api(first["@odata.deltaLink"]).get();
        return { first: subjects(first), second: subjects(second) };
    },

    async subscribe(graph) {
        const made = await graph.api("/subscriptions").post({
            changeType: "created",
            notificationUrl: WEBHOOK,
            resource: `users/${AQUARIUM}/events`,
            expirationDateTime: "2026-03-03T07:00:00Z",
            clientState: "not-for-everybody",
        });
        const renewed = await graph.api(`/subscriptions/${made.id}`).patch({ expirationDateTime: "2026-03-04T07:00:00Z" });
        await graph.api(`/users/${AQUARIUM}/events`).post(meeting("Walk-in"));
        return { id: made.id, expires: renewed.expirationDateTime };
    },

    async batch(graph) {
        const requests = [
            { id: "1", request: new Request(`${GRAPH}/users/${ADA}/calendar`, { method: "GET" }) },
            { id: "2", request: new Request(`${GRAPH}/users/nobody@quay.example/calendar`, { method: "GET" }) },
        ];
        const content = await new BatchRequestContent(requests).getContent();
        // The library strips the host only where it is Microsoft's own.
        for (const item of content.requests) item.url = item.url.replace(new URL(GRAPH).pathname, "");
        const answer = await graph.api("/$batch").post(content);
        return Object.fromEntries(answer.responses.map((item) => [item.id, item.status]));
    },

    async schedule(graph) {
        await graph.api(`/users/${AQUARIUM}/events`).post(meeting("Walk-in"));
        const wanted = { schedules: [AQUARIUM], startTime: at("03", "08"), endTime: at("03", "11"), availabilityViewInterval: 60 };
        const answer = await graph.api(`/users/${ADA}/calendar/getSchedule`).post(wanted);
        return { view: answer.value[0].availabilityView, items: answer.value[0].scheduleItems.map((item) => item.status) };
    },

    async rooms(graph) {
        const page = await graph.api("/places/microsoft.graph.room").get();
        return { rooms: page.value.map((room) => room.displayName).sort() };
    },
};

async function main(name) {
    const graph = Client.init({
        baseUrl: new URL(GRAPH).origin + "/",
        defaultVersion: "v1.0",
        customHosts: new Set([new URL(GRAPH).hostname]),
        authProvider: (done) => accessToken().then((token) => done(null, token), done),
    });
    process.stdout.write(JSON.stringify(await scenarios[name](graph)));
}

main(process.argv[2]).catch((error) => {
    process.stderr.write(`${error.stack}\n${error.body ?? ""}\n`);
    process.exitCode = 1;
});
