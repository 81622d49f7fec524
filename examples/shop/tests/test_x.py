import json
J="application/vnd.api+json"
async def show(r):
    print("\n####", r.request.method, r.request.url.raw_path.decode(), r.status_code)
    for k,v in r.headers.items():
        if k not in ("x-content-type-options","x-frame-options","referrer-policy"): print("   ",k,":",v)
    try: print(json.dumps(r.json(),indent=1,ensure_ascii=False)[:3500])
    except Exception: print(r.text[:1500])
async def test_x(shop):
    a=shop.client("admin"); aj=shop.client("admin",accept=J,content_type=J)
    me=shop.ids["admin"]
    teams=[t["id"] for t in shop.seed.teams[:2]]
    r=await aj.post("/v1/users",content=json.dumps({"data":{"type":"users","attributes":{"email":"n@example.com","name":"N","role":"engineer","department":"Eng"},"relationships":{"manager":{"data":{"type":"users","id":me}},"teams":{"data":[{"type":"teams","id":t} for t in teams]}}}}))
    await show(r)
    await show(await a.post("/v1/users",json={"email":"m@example.com","name":"M","manager_id":me,"teams":teams}))
    await show(await a.post("/v1/users",json={"email":"m2@example.com","name":"M","manager":me,"teams":teams},headers={"accept":J}))
    await show(await a.post("/v1/users",json={"email":"nope","name":"","role":"king","x":1}))
    u=shop.seed.users[5]["id"]
    await show(await aj.get(f"/v1/users/{u}?include=manager,teams&fields[users]=id,name,email,role"))
    for p in ["/v1/users?status=active&sort=created_at:desc&limit=2&offset=0","/v1/orders?created_after=2024-01-01&total_gt=100&limit=2","/v1/products?category=electronics&in_stock=true&limit=2","/v1/users?search=john&fields=id,name,email",f"/v1/users/{u}/orders?limit=1",f"/v1/users/{u}/manager","/v1/categories?limit=2"]:
        await show(await a.get(p))
    prods=[p["id"] for p in shop.seed.products[:2]]
    await show(await a.post("/v1/orders",json={"items":[{"product_id":prods[0],"quantity":2},{"product_id":prods[1],"quantity":1}],"shipping_address":{"street":"s","city":"c","state":"s","zip":"z","country":"DE"}}))
    await show(await a.post("/v1/orders?include=items",json={"items":[{"product_id":"prod_x","quantity":2},{"product_id":prods[1],"quantity":1}]}))
    await show(await aj.post("/v1/orders",content=json.dumps({"data":{"type":"orders","attributes":{"items":[{"product_id":prods[0],"quantity":2}]}}})))
    v=shop.client("viewer")
    await show(await v.get("/v1/users/"+u))
    await show(await v.post("/v1/orders",json={"items":[{"product_id":prods[0],"quantity":2}]}))
    await show(await v.post("/v1/orders",json={"status":"shipped","items":[{"product_id":prods[0],"quantity":2}]}))
    r=await a.get("/v1/orders?limit=1"); oid=r.json()["data"][0]["id"]
    await show(await v.get("/v1/orders/"+oid))
    await show(await v.get("/v1/orders/ord_nope"))
    await show(await v.post(f"/v1/orders/{oid}/cancel"))
    await show(await shop.client().get("/v1/orders"))
    await show(await a.options("/v1/orders"))
    await show(await a.options("/v1/orders",headers={"origin":"https://shop.example","access-control-request-method":"POST","access-control-request-headers":"content-type,authorization"}))
    await show(await a.get("/v1/products?limit=1",headers={"origin":"https://shop.example"}))
    await show(await a.get("/docs/errors/ORDER_SHIPPED"))
    await show(await a.get("/docs/errors/NOPE"))
    await show(await a.get("/v1/users?search="+"x"*300))
    assert 0
