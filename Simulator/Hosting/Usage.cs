namespace FlowGpt.Simulator.Hosting;

/// <summary>What the executable prints when it starts, and answers at its root.</summary>
internal static class Usage
{
    public static string Text(string address) =>
        $$$"""
            Simulator at {{{address}}}
            A stand-in for the FlowGPT backend and for OpenAI-compatible servers: it answers by echo, keeps every account's truth, and fails on demand.
            No model answers: its tokens and keys are fake, and nothing leaves this machine.

            Mint a token:
              curl -s {{{address}}}/_sim/tokens -d '{"account":"a1"}'
            Chat:
              curl -sN {{{address}}}/v3/chat -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
                -d '{"model":"FlowGPT-Ares","promptId":"uzNcMUGo4sOwl4GFvRpm8","question":"Hello [[sim: tokens=12 per=100ms]]"}'
            Chat as with an OpenAI-compatible server (base address {{{address}}}/openai/v1):
              curl -sN {{{address}}}/openai/v1/chat/completions -H "Authorization: Bearer sk-sim-a1" \
                -d '{"model":"sim-large","stream":true,"messages":[{"role":"user","content":"Hello"}]}'
            Read the truth:
              curl -s {{{address}}}/_sim/truth
            Make the next two requests fail:
              curl -s {{{address}}}/_sim/behaviour -d '{"fault":{"kind":"rate-limited","retryAfterSeconds":5,"times":2}}'
            Everything else: docs/simulator.md

            """;
}
