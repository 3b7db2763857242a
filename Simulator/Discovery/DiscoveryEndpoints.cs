using System.Text.Json;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Discovery;

/// <summary>The routes that find personas. They need no token (assumed) and meet no fault.</summary>
internal sealed class DiscoveryEndpoints(GlobalCounters global)
{
    private const int TrpcPage = 36;
    private const int MaxTake = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/prompt/search", SearchAsync);
        routes.MapGet("/prompt/{id}/", OneAsync);
        routes.MapGet("/api/trpc/prompt.getPrompts", TrpcAsync);
    }

    private Task SearchAsync(HttpContext context)
    {
        global.CountDiscovery();
        var query = context.Request.Query;
        if (!TryNumber(query["take"], 20, out var take) || !TryNumber(query["skip"], 0, out var skip))
        {
            return ErrorBody.WriteAsync(context, 400, "take and skip must be whole numbers of 0 or more", ErrorShape.Message);
        }

        var nsfw = query["nsfw"] == "true";
        var found = Matching(query["query"]).Where(persona => nsfw || !persona.Nsfw).Skip(skip).Take(Math.Min(take, MaxTake));
        return context.Response.WriteAsJsonAsync(found.ToArray(), DiscoveryJson.Default.PersonaArray);
    }

    private Task OneAsync(HttpContext context)
    {
        global.CountDiscovery();
        var id = (string)context.Request.RouteValues["id"]!;
        return PersonaCatalog.All.FirstOrDefault(persona => persona.Id == id) is { } persona
            ? context.Response.WriteAsJsonAsync(new PersonaAnswer(persona), DiscoveryJson.Default.PersonaAnswer)
            : ErrorBody.WriteAsync(context, 404, "Prompt not found", ErrorShape.Message);
    }

    private Task TrpcAsync(HttpContext context)
    {
        global.CountDiscovery();
        if (ReadInput(context.Request.Query["input"].ToString()) is not { } inputs)
        {
            return ErrorBody.WriteAsync(context, 400, """input must be {"0":{"json":{…}}}""", ErrorShape.Message);
        }

        var answers = inputs
            .OrderBy(input => input.Key, StringComparer.Ordinal)
            .Select(input => TrpcAnswer.Of([.. Matching(input.Value.Json?.Q).Skip(input.Value.Json?.Skip ?? 0).Take(TrpcPage)]));
        return context.Response.WriteAsJsonAsync(answers.ToArray(), DiscoveryJson.Default.TrpcAnswerArray);
    }

    private static Dictionary<string, TrpcInput>? ReadInput(string input)
    {
        try
        {
            return JsonSerializer.Deserialize(input, DiscoveryJson.Default.DictionaryStringTrpcInput);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<Persona> Matching(string? text) =>
        PersonaCatalog.All.Where(persona => persona.Title.Contains(text ?? "", StringComparison.OrdinalIgnoreCase));

    private static bool TryNumber(string? text, int fallback, out int number)
    {
        number = fallback;
        return string.IsNullOrEmpty(text) || (int.TryParse(text, out number) && number >= 0);
    }
}
