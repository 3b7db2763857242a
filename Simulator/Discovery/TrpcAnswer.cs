namespace FlowGpt.Simulator.Discovery;

/// <summary>One answer of a batched tRPC call: <c>{"result":{"data":{"json":[…]}}}</c>.</summary>
internal sealed record TrpcAnswer(TrpcAnswer.ResultPart Result)
{
    public static TrpcAnswer Of(Persona[] personas) => new(new ResultPart(new DataPart(personas)));

    internal sealed record ResultPart(DataPart Data);

    internal sealed record DataPart(Persona[] Json);
}
